# Who can read a secret that is encrypted.
package safetyculture

# METADATA
# title: Only known readers can read a secret
# description: >-
#   Ciphertext is only as safe as its readers. Each key in age_recipients and sealed_box_public_keys is known in the plan, and in
#   token_review.readers. Keys are compared, and not texts: an SSH key's comment does not count.
# custom:
#   id: readers_listed
deny contains finding("readers_listed", change.address, sprintf("%s can read its secret, and is not in token_review.readers; remove the reader, or have its key reviewed and listed", [who])) if {
	some change in usable
	some who in unlisted_readers(change.change.after)
}

deny contains finding("readers_listed", change.address, "a reader of its secret is not known in the plan; make the key known first, and plan again") if {
	some change in usable
	has_unknown_readers(change.change)
}

# METADATA
# title: Every secret is encrypted to readers
# description: Where limits.require_readers is true, each token has age_recipients or sealed_box_public_keys.
# custom:
#   id: readers_required
deny contains finding("readers_required", change.address, "its secret is readable in state; set age_recipients or sealed_box_public_keys") if {
	data.token_review.limits.require_readers == true
	some change in usable
	not has_readers(change.change)
	not excepted("readers_required", change)
}

reader_attributes := {"age_recipients", "sealed_box_public_keys"}

has_readers(change) if count(keys_in(change.after)) > 0

has_readers(change) if has_unknown_readers(change)

# A set or map that is not known, or with something in it that is not.
has_unknown_readers(change) if {
	some name in reader_attributes
	walk(change.after_unknown[name], [_, true])
}

unlisted_readers(values) := {fingerprint(key) |
	some key in keys_in(values)
	not fingerprint(key) in listed_readers
} | {"a key that cannot be read" | some key in keys_in(values); not fingerprint(key)}

listed_readers := {fingerprint(key) | some key in data.token_review.readers}

keys_in(values) := {key | some name in reader_attributes; some key in field(values, name)}

fingerprints_in(values) := sort({print_or_unknown(key) | some key in keys_in(values)}) if count(keys_in(values)) > 0

fingerprints_in(values) := null if count(keys_in(values)) == 0

print_or_unknown(key) := fingerprint(key)

print_or_unknown(key) := "(not readable)" if not fingerprint(key)

# The SHA-256 as ssh-keygen and the provider write it: of the key's data for SSH keys and sealed boxes, of the text for age.
fingerprint(key) := sha256_of(base64.decode(split(key, " ")[1])) if {
	is_string(key)
	regex.match(`^ssh-(ed25519|rsa) [A-Za-z0-9+/]+={0,2}( |$)`, key)
}

fingerprint(key) := sha256_of(key) if {
	is_string(key)
	regex.match(`^age1[0-9a-z]+$`, key)
}

fingerprint(key) := sha256_of(base64.decode(key)) if {
	is_string(key)
	regex.match(`^[A-Za-z0-9+/]{43}=$`, key)
}

sha256_of(bytes) := concat("", ["SHA256:", trim_right(base64.encode(hex.decode(crypto.sha256(bytes))), "=")])

# Tokens all of whose instances have readers, now and after the plan, that are listed. What they encrypt may go anywhere.
sealed contains without_keys(change.address) if {
	some change in planned
	count(keys_in(change.change.after)) > 0
	not without_keys(change.address) in unsealed
}

unsealed contains without_keys(change.address) if {
	some change in planned
	some values in [change.change.after, change.change.before]
	count(unlisted_readers(values)) > 0
}

unsealed contains without_keys(change.address) if {
	some change in planned
	has_unknown_readers(change.change)
}
