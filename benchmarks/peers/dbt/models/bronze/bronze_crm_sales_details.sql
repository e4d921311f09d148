{{ csv('crm_sales_details') }}
