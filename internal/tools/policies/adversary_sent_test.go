package policies

// sendingAttacks hand the secret to something that sends it away, or keeps a copy.
func sendingAttacks() []attack {
	return []attack{
		{
			name: "a copy in terraform_data", finds: map[layer][]string{byPlan: {"secret_goes_to terraform_data.x"}},
			plan: wsToken + "resource \"terraform_data\" \"x\" {\n  input = safetyculture_service_user_token.ws.token\n}\n",
			twin: wsToken + "resource \"terraform_data\" \"x\" {\n  input = safetyculture_service_user_token.ws.issued_at\n}\n",
		},
		{
			name: "a parameter of AWS", finds: map[layer][]string{byPlan: {"secret_goes_to aws_ssm_parameter.x"}},
			plan: wsToken + "resource \"aws_ssm_parameter\" \"x\" {\n  name  = \"x\"\n  type  = \"String\"\n  value = safetyculture_service_user_token.ws.token\n}\n",
			twin: wsToken + "resource \"vault_kv_secret_v2\" \"x\" {\n  mount                = \"m\"\n  name                 = \"x\"\n  data_json_wo         = jsonencode({ token = safetyculture_service_user_token.ws.token })\n  data_json_wo_version = 1\n}\n",
		},
	}
}
