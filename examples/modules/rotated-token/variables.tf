variable "name" {
  description = "What the token is for."
  type        = string
}

variable "permission_set_names" {
  description = "Exact names of the permission sets that the integration needs, and no more."
  type        = set(string)

  validation {
    condition     = length(var.permission_set_names) > 0
    error_message = "Name at least one permission set: a token without any would have all permissions."
  }
}

variable "rotate_after_days" {
  description = "How old the secret may get, in days."
  type        = number
  default     = 90

  validation {
    condition     = var.rotate_after_days >= 1 && var.rotate_after_days <= 180
    error_message = "A secret has to be rotated at least every 180 days."
  }
}

variable "rotation" {
  description = "Raise it to rotate now."
  type        = number
  default     = 1
}

variable "age_recipients" {
  description = "Age recipients and SSH public keys of the people and jobs that may read the secret. With these or sealed_box_public_keys, the secret is encrypted, and token is null."
  type        = set(string)
  default     = null
}

variable "sealed_box_public_keys" {
  description = "Public keys of sealed boxes, such as those of GitHub repositories, by a label of your choice."
  type        = map(string)
  default     = null
}
