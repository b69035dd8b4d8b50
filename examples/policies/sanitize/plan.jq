# Keeps of a plan in JSON what the rules need, and nothing that can hold a secret:
#
#   terraform show -json plan.tfplan | jq -f sanitize/plan.jq >plan.json
#
# It lists what it keeps, so that whatever a plan may hold besides is gone: checks, imports' ids, outputs, drift, timestamps. Of
# settings only numbers, booleans, ids and the provider's own words are kept; of rotation_triggers and of variables only whether
# there are any; of the configuration what refers to what, and no value. Addresses and names stay as far as they are plain words,
# because a key or a name can be any value, a secret too.

def ours: (.type | type) == "string" and (.type | startswith("safetyculture_"));
def a_token: .mode == "managed" and .type == "safetyculture_service_user_token";
def a_count: .mode == "data" and .type == "safetyculture_service_user_tokens";

def bool: if type == "boolean" then . else null end;
def num: if type == "number" then . else null end;
def one_of(words): . as $v | if [words] | index([$v]) != null then $v else null end;
# An id is a UUID, or a word and 32 hexadecimal digits (role_…). The secret of a token (scapi_…) has 64.
def an_id: if type == "string" and (test("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\z") or test("^[a-z]+_[0-9a-f]{32}\\z")) then . else null end;
def status: .status | one_of("active", "revoked", "expired", "superseded");

def texts(names): with_entries(select((.key | IN(names)) and (.value | type) == "string"));

# Whether a map has keys, without the keys: {} or {"set": true}. Null and unknown (true) stay.
def presence: if type == "object" then (if length > 0 then {set: true} else {} end) else bool end;

# What is no id stays as a null, so that a list never looks shorter than it is.
def ids: if type == "array" then map(an_id) else null end;

# Public keys, which anybody may know: age recipients, SSH keys without their comments, and sealed boxes'. Labels are left out.
def a_public_key:
  if type != "string" then null
  elif test("^age1[02-9ac-hj-np-z]{58}\\z") or (length < 2500 and test("^age1pq1[02-9ac-hj-np-z]+\\z")) or test("^[A-Za-z0-9+/]{43}=\\z") then .
  elif test("^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}( .*)?\\z") or test("^ssh-rsa AAAAB3NzaC1yc2EAAAA[A-Za-z0-9+/]+={0,2}( .*)?\\z")
  then split(" ")[:2] | join(" ")
  else null end;
def readers: if type == "array" or type == "object" then map(a_public_key) else null end;
def some_unknown: if any(.. ; . == true) then true else null end;
def behavior: {
  on_revoked: (.on_revoked | one_of("rotate", "keep")), on_expired: (.on_expired | one_of("rotate", "keep")), on_destroy: (.on_destroy | one_of("delete", "revoke")),
  age_recipients: (.age_recipients | readers), sealed_box_public_keys: (.sealed_box_public_keys | readers),
  organization_id: (.organization_id | an_id), permission_set_ids: (.permission_set_ids | ids), inactivity_expiry_days: (.inactivity_expiry_days | num), all_permissions: (.all_permissions | bool)
};

def before: if type != "object" then null else {id: (.id | an_id), status: status} + behavior end;

def settings:
  if type != "object" then null else behavior + {
    rotate_after_days: (.rotate_after_days | num),
    rotation_triggers: (.rotation_triggers | presence),
    rotation_method: (.rotation_method | one_of("replace", "regenerate"))
  } end;

def unknowns:
  if type != "object" then null else {
    all_permissions: (.all_permissions | bool),
    rotate_after_days: (.rotate_after_days | bool),
    rotation_triggers: (.rotation_triggers | presence),
    rotation_method: (.rotation_method | bool),
    age_recipients: (.age_recipients | some_unknown),
    sealed_box_public_keys: (.sealed_box_public_keys | some_unknown),
    token: (.token | bool),
    encrypted_token: (.encrypted_token | bool),
    sealed_box_tokens: (.sealed_box_tokens | bool),
    issued_at: (.issued_at | bool)
  } end;

def operations: if type == "array" then map(one_of("no-op", "create", "update", "delete", "forget") // "(unknown)") else null end;

# Changes of others go; those of which nobody can say whose they are stay, so that the rules refuse them.
def of_others: ([.address, .mode, .type] | all(type == "string")) and (ours | not);
def change:
  texts("address", "mode", "type", "provider_name", "previous_address", "deposed") + if a_token then {change: (.change | {
    actions: (.actions | operations), before: (.before | before), importing: (.importing? != null), after: (.after | settings), after_unknown: (.after_unknown | unknowns)
  })} else {} end;

def of_other_actions: ([.address, .type] | all(type == "string")) and (ours | not);
def action: texts("address", "type", "provider_name") + {config_values: {id: (.config_values.id? | an_id)}};

# A list of a plan, where it is there.
def list(name; wanted): if has(name) then {(name): [.[name][] | wanted]} else {} end;

# State before the plan: which tokens are active, and what the data source counted.
def state_module:
  {resources: [(.resources // [])[] | select(ours)
    | texts("address", "mode", "type", "provider_name", "deposed_key")
    + if a_token or a_count then {values: {status: (.values | status), active_count: (.values.active_count | num)}} else {} end]}
  + {child_modules: [(.child_modules // [])[] | state_module]};

# What an argument refers to, without values. A constant leaves that it is one, and whether it is null. A block may have an
# argument that is called constant_value.
def has_references: any(.. | objects | .references?; type == "array");
def places:
  if type == "object" then with_entries(
      if .key == "references" and (.value | type) != "object" then .value |= (if type == "array" then map(strings) else error("no list") end)
      elif .key == "constant_value" then .value |= (if . == null then null elif has_references then places else "(removed)" end)
      else .value |= places end
      | select(.key == "constant_value" or .value != null))
  elif type == "array" then map(places | select(. != null))
  else null end;
def expressions: with_entries(select(.key | IN("expressions", "for_each_expression", "count_expression")) | .value |= (places // {}));

# Uses of ephemeral tokens, by depends_on too.
def ephemeral_references:
  {references: ([.. | objects | (.references?, .depends_on?) | arrays | .[] | strings | select(startswith("ephemeral.safetyculture_service_user_token."))] | unique)};

# Of a provider's settings one number stays.
def configured_provider:
  (.expressions.expiry_warning_days.constant_value? | num) as $days
  | texts("full_name", "module_address") + expressions + {ephemeral: ephemeral_references}
  | if $days != null then .expressions.expiry_warning_days.constant_value = $days else . end;

def configured_thing:
  texts("mode", "type", "name", "provider_config_key") + expressions
  + (if (.provisioners | length) > 0 then {provisioners: [.provisioners[] | {}]} else {} end);

def configured_module:
  {
    resources: [(.resources // [])[] | configured_thing],
    actions: [(.actions // [])[] | configured_thing],
    outputs: ((.outputs // {}) | map_values({sensitive: (.sensitive == true), expression: ((.expression // {}) | places)})),
    ephemeral: ([del(.module_calls), ((.module_calls // {})[] | del(.module))] | ephemeral_references),
    variables: ((.variables // {}) | map_values(if .default? != null then {default: "(removed)"} else {} end)),
    module_calls: ((.module_calls // {}) | map_values(expressions + {module: ((.module // {}) | configured_module)}))
  };

def is_plan:
  type == "object" and (.format_version | type) == "string" and (.configuration | type) == "object"
  and ([.resource_changes?, .deferred_changes?, .action_invocations?, .deferred_action_invocations?] | all(type == "array" or type == "null"))
  and ((has("resource_changes") | not) or .resource_changes != null);

def filtered:
  {format_version, errored: (.errored == true), complete: (.complete != false)}
  + list("resource_changes"; select(of_others | not) | change)
  + list("deferred_changes"; .resource_change | select(of_others | not) | {resource_change: texts("address", "mode", "type")})
  + list("action_invocations"; select(of_other_actions | not) | action)
  + list("deferred_action_invocations"; .action_invocation | select(of_other_actions | not) | {action_invocation: action})
  + {prior_state: {values: {root_module: ((.prior_state.values.root_module // {}) | state_module)}}}
  + {configuration: (.configuration | {
      provider_config: ((.provider_config // {}) | map_values(configured_provider)),
      root_module: ((.root_module // {}) | configured_module)
    })};

# A plain word has at most 40 letters, digits and single separators, and no part of more than 20: too little for a secret. A name
# may have more parts. Whatever is neither becomes "(removed 1)" and so on: the same for the same, and another for another, so
# that what refers to it still does.
def is_plain_key: length <= 40 and test("^[A-Za-z0-9]{1,20}([ ._-][A-Za-z0-9]{1,20})*\\z");
def is_plain_name: length <= 100 and test("^[_-]*[A-Za-z0-9]{1,20}([_-]+[A-Za-z0-9]{1,20})*[_-]*\\z");
def pieces: [match("\\[\"(?<key>(?:[^\"\\\\]|\\\\.)*)\"\\]|[A-Za-z0-9_-]+|[^A-Za-z0-9_-]"; "g") | {text: .string, key: .captures[0].string}];
def unfit:
  if .key != null then (if .key | is_plain_key then empty else .key end)
  elif .text | test("^[A-Za-z0-9_-]+\\z") then (.text | if is_plain_name then empty else . end)
  elif .text | IN(".", "/", ":", "[", "]", "(", ")", "*", " ") then empty
  else .text end;
def is_known_form: . == an_id or . == a_public_key;
def plain_texts:
  ([.. | strings, (objects | keys[])] | unique | map(select(is_known_form | not) | {text: ., pieces: pieces})) as $all
  | (reduce ([$all[].pieces[] | unfit] | unique | to_entries[]) as $each ({}; .[$each.value] = "(removed \($each.key + 1))")) as $removed
  | def fit: . as $piece | [unfit] | if length == 0 then $piece.text elif $piece.key != null then "[\"\($removed[.[0]])\"]" else $removed[.[0]] end;
    (reduce $all[] as $each ({}; .[$each.text] = ([$each.pieces[] | fit] | add // ""))) as $fit
  | def rewritten:
      if type == "object" then with_entries(.key |= ($fit[.] // .) | .value |= rewritten)
      elif type == "array" then map(rewritten)
      elif type == "string" then $fit[.] // .
      else . end;
    rewritten;

# What jq says of a document that it cannot read on holds a part of it, so that is not passed on.
if (try is_plan catch false) | not then error("this is not a plan in JSON; make it with: terraform show -json PLANFILE")
else try (filtered | plain_texts) catch error("this plan is not of the form that the filter knows, so nothing of it is kept; make it with: terraform show -json PLANFILE")
end
