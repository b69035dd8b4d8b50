terraform {
  required_version = ">= 1.3"

  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}
