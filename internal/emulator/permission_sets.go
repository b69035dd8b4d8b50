package emulator

import (
	"slices"
	"strings"
	"time"
)

// permissionSet is a named set of permissions, also called a global role.
type permissionSet struct {
	id, name, description string
	modifiedAt            time.Time
	permissions           []string
}

// The permission keys are invented: the real ones are not known.
const (
	// PermissionOrganization is the permission to manage tokens ("Platform management: Organization").
	PermissionOrganization = "platform_management_organization"
	// PermissionUsers and PermissionGroups are the permissions that SCIM provisioning needs.
	PermissionUsers  = "platform_management_users"
	PermissionGroups = "platform_management_groups"
)

func (e *Emulator) newPermissionSets(at time.Time) []permissionSet {
	set := func(name, description string, permissions ...string) permissionSet {
		return permissionSet{id: e.random.uuid(), name: name, description: description, modifiedAt: at, permissions: permissions}
	}
	return []permissionSet{
		set("Platform administration", "Manages the organization", PermissionOrganization, PermissionUsers, PermissionGroups),
		set("SCIM provisioning", "What SCIM provisioning needs", PermissionUsers, PermissionGroups),
		set("Users only", "Manages users and not groups", PermissionUsers),
		set("Inspections read only", "Reads inspections", "inspections_read"),
		set("Reporting", "Reads analytics", "analytics_read"),
	}
}

// PermissionSetID returns the id of a permission set of the first organization. It panics if none has the name.
func (e *Emulator) PermissionSetID(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.organizations[0].permissionSets {
		if p.name == name {
			return p.id
		}
	}
	panic("no permission set is named " + name)
}

// AddPermissionSet adds a permission set to the first organization and returns its id. Names need not be unique.
func (e *Emulator) AddPermissionSet(name string, permissions ...string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.organizations[0]
	o.permissionSets = append(o.permissionSets, permissionSet{id: e.random.uuid(), name: name, modifiedAt: e.instant(), permissions: permissions})
	return o.permissionSets[len(o.permissionSets)-1].id
}

// search returns the sets whose name contains the text, ignoring letter case.
func (o *organization) search(text string) []permissionSet {
	var found []permissionSet
	for _, p := range o.permissionSets {
		if strings.Contains(strings.ToLower(p.name), strings.ToLower(text)) {
			found = append(found, p)
		}
	}
	return found
}

// may reports whether a user has a permission: a person's own, or those of a service user's token.
func (u *user) may(permission string) bool {
	if u.token == nil {
		return slices.Contains(u.permissions, permission)
	}
	if u.token.all {
		return true
	}
	for _, p := range u.organization.permissionSets {
		if slices.Contains(u.token.permissionSets, p.id) && slices.Contains(p.permissions, permission) {
			return true
		}
	}
	return false
}

func (e *Emulator) permissionSetJSON(p permissionSet) any {
	permissions := map[string]bool{}
	for _, name := range p.permissions {
		permissions[name] = true
	}
	identifier := map[string]any{
		"id": p.id, "type": "CUSTOM", "name": p.name, "description": p.description, "allowed_seat_types": []string{},
	}
	body := map[string]any{"identifier": identifier, "modified_at": timeText(p.modifiedAt, 2), "permissions": permissions}
	switch e.opts.PermissionSetShape {
	case ShapeIdentifier:
		return body
	case ShapeFlat:
		identifier["modified_at"], identifier["permissions"] = body["modified_at"], permissions
		return identifier
	default:
		return map[string]any{"permission_set": body}
	}
}
