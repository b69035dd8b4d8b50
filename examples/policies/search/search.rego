# Looks for the secrets of tokens in a whole plan, before the filter:
#
#   terraform show -json plan.tfplan | conftest test --policy search --data data --namespace safetyculture_search -
#
# State holds the secrets of the tokens that there are. Each is looked for in every text and every key of the plan, outside the
# places where it belongs. A finding is a path, and nothing of what is there: keys that are no plain words are left out of it.
package safetyculture_search

# METADATA
# title: The secret of a token is only where it belongs
# description: >-
#   The secrets in state, and pieces of 16 characters of them, are in no text and no key of the plan, as they are, backwards, in
#   upper or lower case, in base64, hexadecimal, JSON or URL encoding; but for the attribute token, sensitive outputs of the root
#   module, and the arguments in token_review.secret_consumers.
# custom:
#   id: secret_found
deny contains finding("secret_found", shown(path), "there is the secret of a token, or a part of it; remove what puts it there from the change, and rotate the token if anybody has seen the plan") if {
	walk(input, [path, text])
	text in telling
	not belongs(path)
}

deny contains finding("secret_found", shown(array.slice(path, 0, count(path) - 1)), "there is a key made of the secret of a token, or of a part of it; remove what puts it there from the change, and rotate the token if anybody has seen the plan") if {
	walk(input, [path, _])
	path[count(path) - 1] in telling
	not belongs(path)
}

deny contains finding("secret_found", "plan", "this is no plan in JSON; make it with: terraform show -json PLANFILE") if not is_plan

deny contains finding("secret_found", "data", "token_review.secret_consumers is missing or not a list; pass the data folder, see data/secrets.yaml") if {
	not has_data
}

finding(id, address, text) := {"id": id, "address": address, "msg": sprintf("%s: %s: %s", [id, address, text])}

has_data if is_array(data.token_review.secret_consumers)

is_plan if {
	is_string(input.format_version)
	is_object(input.configuration)
}

# The secrets of tokens, wherever the plan says what a token is or was.
secrets contains resource.values.token if {
	walk(input.prior_state.values, [_, resource])
	resource.type == "safetyculture_service_user_token"
	is_text(resource.values.token)
}

secrets contains change.change.before.token if {
	some list in ["resource_changes", "resource_drift"]
	some change in input[list]
	change.type == "safetyculture_service_user_token"
	is_text(change.change.before.token)
}

is_text(value) if {
	is_string(value)
	value != ""
}

# A piece is long enough to be nothing else by chance, and short enough to be found in most parts of a secret.
piece_length := 16

pieces contains substring(secret, start, piece_length) if {
	some secret in secrets
	some start in numbers.range_step(0, max([0, count(secret) - piece_length]), piece_length)
}

needles contains form if {
	some piece in pieces
	some form in forms(piece)
}

forms(piece) := (((plain | {escaped(text) | some text in plain}) | {urlquery.encode(text) | some text in plain}) | based) | {hexed, upper(hexed)} if {
	plain := {piece, upper(piece), lower(piece), strings.reverse(piece)}
	hexed := hex.encode(piece)
	standard := {in_base64(piece, offset) | some offset in [0, 1, 2]}
	based := standard | {replace(replace(text, "+", "-"), "/", "_") | some text in standard}
}

escaped(text) := trim_suffix(trim_prefix(json.marshal(text), `"`), `"`)

# Base64 of a text with the piece in it, whose part before it is so many bytes longer than a multiple of three: without the
# characters at both ends that depend on what is around the piece.
in_base64(piece, offset) := substring(encoded, begin, end - begin) if {
	encoded := base64.encode(concat("", [substring("xx", 0, offset), piece]))
	begin := [0, 2, 3][offset]
	end := floor(((offset + count(piece)) * 8) / 6)
}

texts contains text if {
	walk(input, [_, text])
	is_string(text)
}

texts contains key if {
	walk(input, [path, _])
	key := path[count(path) - 1]
	is_string(key)
}

# All texts are searched at once for each piece, which is fast; then the few that have one.
others := texts - secrets

everything := concat("\n", others)

present contains needle if {
	some needle in needles
	contains(everything, needle)
}

telling := secrets | {text |
	some text in others
	some needle in present
	contains(text, needle)
}
