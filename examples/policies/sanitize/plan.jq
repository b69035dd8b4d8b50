# Keeps of a plan in JSON what the rules need, and nothing that can hold a secret:
#
#   terraform show -json plan.tfplan | jq -f sanitize/plan.jq >plan.json
#
# It lists what it keeps, so that whatever a plan may hold besides is gone. Of settings only numbers, booleans and the
# provider's own words are kept; of rotation_triggers and of variables only whether there are any; of api_token only whether
# it is written down. Addresses and names stay.

def a_token: .mode == "managed" and .type == "safetyculture_service_user_token";
def a_count: .mode == "data" and .type == "safetyculture_service_user_tokens";

def bool: if type == "boolean" then . else null end;
def num: if type == "number" then . else null end;
def one_of(words): . as $v | if [words] | index([$v]) != null then $v else null end;
def status: .status | one_of("active", "revoked", "expired", "superseded");

# Whether a map has keys, without the keys: {} or {"set": true}. Null and unknown (true) stay.
def presence: if type == "object" then (if length > 0 then {set: true} else {} end) else bool end;

def settings:
  if type != "object" then null else {
    all_permissions: (.all_permissions | bool),
    inactivity_expiry_days: (.inactivity_expiry_days | num),
    rotate_after_days: (.rotate_after_days | num),
    rotation_triggers: (.rotation_triggers | presence),
    on_revoked: (.on_revoked | one_of("rotate", "keep"))
  } end;

def unknowns:
  if type != "object" then null else {
    all_permissions: (.all_permissions | bool),
    rotation_triggers: (.rotation_triggers | presence),
    token: (.token | bool)
  } end;

def kept_if_there(name): if has(name) then {(name): .[name]} else {} end;

def change:
  {address, mode, type}
  + kept_if_there("previous_address")
  + kept_if_there("deposed")
  + {change: (.change | {actions, before: (.before | if type == "object" then {status: status} else null end), after: (.after | settings), after_unknown: (.after_unknown | unknowns)})};

# State before the plan: which tokens are active, and what the data source counted.
def state_module:
  {resources: [(.resources // [])[] | select(a_token or a_count)
    | {address, mode, type} + kept_if_there("deposed_key")
    + {values: {status: (.values | status), active_count: (.values.active_count | num)}}]}
  + {child_modules: [(.child_modules // [])[] | state_module]};

# An expression without its value. A reference shows where a value comes from; only the kinds that rules ask for keep their names.
def written: if .constant_value? != null then {constant_value: "(removed)"} else {} end;
def reference:
  if test("^(var|ephemeral\\.safetyculture_service_user_token)\\.[^.\\[]+")
  then match("^(var|ephemeral\\.safetyculture_service_user_token)\\.[^.\\[]+").string
  else split(".")[0] + "." end;
def expression:
  if type != "object" then {}
  else written + (if has("references") then {references: [.references[] | reference]} else {} end)
    + (if has("constant_value") and .constant_value == null then {constant_value: null} else {} end) end;

def configured_provider:
  kept_if_there("full_name") + kept_if_there("module_address")
  + {expressions: ((.expressions // {}) | if has("api_token") then {api_token: (.api_token | expression)} else {} end)};

def configured_module:
  {
    variables: ((.variables // {}) | map_values(if .default? != null then {default: "(removed)"} else {} end)),
    module_calls: ((.module_calls // {}) | map_values({
      expressions: ((.expressions // {}) | map_values(expression)),
      module: ((.module // {}) | configured_module)
    }))
  };

# Uses of ephemeral tokens, from anywhere in the configuration.
def ephemeral_references:
  [.. | objects | .references? | arrays | .[] | strings | select(startswith("ephemeral.safetyculture_service_user_token.")) | reference] | unique;

def is_plan:
  type == "object" and (.format_version | type) == "string" and (.configuration | type) == "object"
  and ((has("resource_changes") | not) or (.resource_changes | type) == "array");

if is_plan | not then error("this is not a plan in JSON; make it with: terraform show -json PLANFILE")
else
  {format_version, errored: (.errored == true)}
  + (if has("resource_changes") then {resource_changes: [.resource_changes[] | select(a_token) | change]} else {} end)
  + {prior_state: {values: {root_module: ((.prior_state.values.root_module // {}) | state_module)}}}
  + {configuration: (.configuration | {
      provider_config: ((.provider_config // {}) | with_entries(select(.value.full_name | tostring | endswith("/safetyculture"))) | map_values(configured_provider)),
      root_module: ((.root_module // {}) | configured_module),
      ephemeral: {references: ephemeral_references}
    })}
end
