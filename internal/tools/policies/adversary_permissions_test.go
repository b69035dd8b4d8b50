package policies

// wideningAttacks give a token more than somebody approved.
func wideningAttacks() []attack {
	return []attack{
		{
			name:  "all permissions instead of a permission set",
			plan:  token("ws", rotates+"\n  all_permissions = true"+createFirst),
			finds: map[layer][]string{byPlan: {"no_all_permissions " + wsAddress}},
			twin:  token("ws", rotates+"\n  inactivity_expiry_days = 31"+createFirst),
		},
	}
}

// approvalAttacks use an approval for something else than it was given for.
func approvalAttacks() []attack {
	return []attack{
		{
			name:  "another token at the approved address",
			plan:  wsToken + token("more", rotates),
			data:  approve("create", prefix+"other"),
			finds: map[layer][]string{byPlan: {"new_secret_approved " + prefix + "more"}},
		},
	}
}
