{{ csv('crm_cust_info') }}
