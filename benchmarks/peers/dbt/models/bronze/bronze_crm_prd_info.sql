{{ csv('crm_prd_info') }}
