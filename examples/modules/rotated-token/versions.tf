terraform {
  required_version = ">= 1.11"

  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}
