terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# The API token comes from the environment variable SAFETYCULTURE_API_TOKEN, which keeps it out of
# configuration and plan files.
provider "safetyculture" {
  expiry_warning_days = 14
}
