{{ csv('erp_cust_az12') }}
