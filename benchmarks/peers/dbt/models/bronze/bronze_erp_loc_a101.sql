{{ csv('erp_loc_a101') }}
