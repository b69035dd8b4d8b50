terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}
