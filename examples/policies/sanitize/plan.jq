# Keeps of a plan in JSON what the rules need, and nothing that can hold a secret:
#
#   terraform show -json plan.tfplan | jq -f sanitize/plan.jq >plan.json
#
# It lists what it keeps, so that whatever a plan may hold besides is gone. Of settings only numbers, booleans, ids and the
# provider's own words are kept; of rotation_triggers and of variables only whether there are any; of api_token only whether
# it is written down, and what it refers to. Addresses and names stay; of their instance keys only those that are plain words,
# because the key of a for_each can be any value, a secret too.

def ours: (.type | type) == "string" and (.type | startswith("safetyculture_"));
def a_token: .mode == "managed" and .type == "safetyculture_service_user_token";
def a_count: .mode == "data" and .type == "safetyculture_service_user_tokens";

def bool: if type == "boolean" then . else null end;
def num: if type == "number" then . else null end;
def one_of(words): . as $v | if [words] | index([$v]) != null then $v else null end;
# An id is a UUID, or a word and 32 hexadecimal digits (role_…). The secret of a token (scapi_…) has 64.
def an_id: if type == "string" and (test("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\z") or test("^[a-z]+_[0-9a-f]{32}\\z")) then . else null end;
def status: .status | one_of("active", "revoked", "expired", "superseded");

# A plain word has at most 40 letters, digits and single separators, and no part of more than 20: too little for a secret.
def plain: length <= 40 and test("^[A-Za-z0-9]{1,20}([ ._-][A-Za-z0-9]{1,20})*\\z");
def with_plain_keys: gsub("\\[\"(?<key>(?:[^\"\\\\]|\\\\.)*)\"\\]"; if .key | plain then "[\"\(.key)\"]" else "[\"(removed)\"]" end);
def texts(names): with_entries(select((.key | IN(names)) and (.value | type) == "string") | .value |= with_plain_keys);

# Whether a map has keys, without the keys: {} or {"set": true}. Null and unknown (true) stay.
def presence: if type == "object" then (if length > 0 then {set: true} else {} end) else bool end;

# What is no id stays as a null, so that a list never looks shorter than it is.
def ids: if type == "array" then map(an_id) else null end;

def before: if type != "object" then null else {id: (.id | an_id), permission_set_ids: (.permission_set_ids | ids), status: status} end;

def settings:
  if type != "object" then null else {
    all_permissions: (.all_permissions | bool),
    permission_set_ids: (.permission_set_ids | ids),
    inactivity_expiry_days: (.inactivity_expiry_days | num),
    rotate_after_days: (.rotate_after_days | num),
    rotation_triggers: (.rotation_triggers | presence),
    on_revoked: (.on_revoked | one_of("rotate", "keep"))
  } end;

def unknowns:
  if type != "object" then null else {
    all_permissions: (.all_permissions | bool),
    rotate_after_days: (.rotate_after_days | bool),
    rotation_triggers: (.rotation_triggers | presence),
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

# A reference shows where a value comes from. What Terraform writes once more, shorter, goes; so do keys and attributes. That
# there were some stays for variables, because a part of an object is not the whole of it.
def is_shorter($references; $i): $i > 0 and ($references[$i] as $r | $references[$i - 1] | startswith($r + ".") or startswith($r + "["));
def reference:
  if test("^var\\.[^.\\[]+$") then .
  elif test("^var\\.[^.\\[]+") then match("^var\\.[^.\\[]+").string + ".(part)"
  elif test("^(data|ephemeral)\\.[^.\\[]+\\.[^.\\[]+") then match("^(data|ephemeral)\\.[^.\\[]+\\.[^.\\[]+").string
  else "(other)" end;
def references: (if type == "array" then . else error("no list") end) as $all | [range($all | length) | select(is_shorter($all; .) | not) | $all[.] | reference];

# An expression without its value.
def expression:
  if type != "object" then {}
  else (if has("constant_value") then {constant_value: (if .constant_value == null then null else "(removed)" end)} else {} end)
    + (if has("references") then {references: (.references | references)} else {} end) end;

# Uses of ephemeral tokens.
def ephemeral_references:
  {references: ([.. | objects | (.references?, .depends_on?) | arrays | .[] | strings | select(startswith("ephemeral.safetyculture_service_user_token.")) | reference] | unique)};

def configured_provider:
  texts("full_name", "module_address") + {ephemeral: ephemeral_references}
  + {expressions: ((.expressions // {}) | if has("api_token") then {api_token: (.api_token | expression)} else {} end)};

def configured_thing: texts("mode", "type", "name", "provider_config_key");

def configured_module:
  {
    resources: [(.resources // [])[] | select(ours) | configured_thing],
    actions: [(.actions // [])[] | select(ours) | configured_thing],
    ephemeral: ([del(.module_calls), ((.module_calls // {})[] | del(.module))] | ephemeral_references),
    variables: ((.variables // {}) | map_values(if .default? != null then {default: "(removed)"} else {} end)),
    module_calls: ((.module_calls // {}) | map_values({
      expressions: ((.expressions // {}) | map_values(expression)),
      module: ((.module // {}) | configured_module)
    }))
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

# What jq says of a document that it cannot read on holds a part of it, so that is not passed on.
if (try is_plan catch false) | not then error("this is not a plan in JSON; make it with: terraform show -json PLANFILE")
else try filtered catch error("this plan is not of the form that the filter knows, so nothing of it is kept; make it with: terraform show -json PLANFILE")
end
