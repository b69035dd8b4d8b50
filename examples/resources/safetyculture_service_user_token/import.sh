# By id:
terraform import safetyculture_service_user_token.warehouse_sync 3f8e2b6a-4f0b-4c53-9c0e-0d5a3a1f7c11

# By exact name, where one active token has it:
terraform import safetyculture_service_user_token.warehouse_sync "name:warehouse-sync"
