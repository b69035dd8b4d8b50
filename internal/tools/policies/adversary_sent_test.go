package policies

// sendingAttacks hand the secret to something that sends it away, or keeps a copy.
func sendingAttacks() []attack {
	return []attack{
		{
			name: "a copy in terraform_data", limit: "open",
			plan: wsToken + "resource \"terraform_data\" \"x\" {\n  input = safetyculture_service_user_token.ws.token\n}\n",
			twin: wsToken + "resource \"terraform_data\" \"x\" {\n  input = safetyculture_service_user_token.ws.issued_at\n}\n",
		},
	}
}
