package acceptance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestAccEphemeral_nameExpiryAndPermissions(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	w := acctest.WorkspaceIn(e)
	w.Serve()
	onlyStateAdds := w.OnlyStateAdds()
	var seen []emulator.Token
	w.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Before: func() { seen = append(seen, w.Emulator.ActiveTokens()...) }})
	reporting := w.Emulator.PermissionSetID("Platform administration")
	w.Write("main.tf", strings.Replace(acctest.EphemeralList, "all_permissions = true", "permission_set_ids = [\""+reporting+"\"]", 1))
	w.Expect(0, "plan")
	onlyStateAdds()
	if len(seen) != 1 || !strings.HasPrefix(seen[0].Name, "run ephemeral-") || len(seen[0].Name) != len("run ephemeral-")+8 || seen[0].InactivityExpiryDays != 31 || !slices.Equal(seen[0].PermissionSetIDs, []string{reporting}) {
		t.Errorf("opened %+v", seen)
	}
	for bad, words := range map[string]string{
		`name = "x"`: "Missing permissions",
		"name = \"x\"\n all_permissions = true\n permission_set_ids = [\"a\"]": "Conflicting permissions",
		"name = \"" + strings.Repeat("a", 81) + "\"\n all_permissions = true":  "at most 80",
		"name = \"x \"\n all_permissions = true":                               "white space",
		"name = \"x\"\n all_permissions = true\n inactivity_expiry_days = 30":  "inactivity_expiry_days",
	} {
		w.Output.Reset()
		w.Write("main.tf", "ephemeral \"safetyculture_service_user_token\" \"x\" {\n"+bad+"\n}")
		w.Expect(1, "plan")
		acctest.ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), words)
	}
}
