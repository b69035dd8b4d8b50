# What `make lint` asks of the modules that users copy.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# No version of the provider is published yet: a constraint would only refuse builds of one's own.
rule "terraform_required_providers" {
  enabled = false
}
