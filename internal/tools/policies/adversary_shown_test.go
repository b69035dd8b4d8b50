package policies

// showingAttacks bring the secret to where a terminal, a log or a plan shows it.
func showingAttacks() []attack {
	return []attack{
		{
			name:  "an output without sensitive",
			plan:  wsToken + "output \"t\" {\n  value = safetyculture_service_user_token.ws.token\n}\n",
			finds: map[layer][]string{byCLI: {"Output refers to sensitive values"}},
			twin:  wsToken + "output \"id\" {\n  value = safetyculture_service_user_token.ws.id\n}\n",
		},
		{
			name: "an output of nonsensitive", finds: map[layer][]string{byPlan: {"secret_goes_to output.t"}},
			plan: wsToken + "output \"t\" {\n  value = nonsensitive(safetyculture_service_user_token.ws.token)\n}\n",
			twin: wsToken + "output \"t\" {\n  value     = safetyculture_service_user_token.ws.token\n  sensitive = true\n}\n",
		},
		{
			name:  "the secret as the key of a for_each",
			plan:  wsToken + token("more", rotates+"\n  for_each = toset([nonsensitive(safetyculture_service_user_token.ws.token)])"),
			finds: map[layer][]string{byPlan: {"new_secret_approved " + prefix + "more[\"(removed 1)\"]", "secret_goes_to " + prefix + "more"}},
		},
	}
}
