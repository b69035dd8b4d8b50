variable "name" {
  description = "What the tokens are for. The two tokens are named \"NAME (a)\" and \"NAME (b)\"."
  type        = string
}

variable "period_days" {
  description = "Days from one rotation to the next. Each rotation replaces one of the two tokens, so a secret lives for about two periods. Exactly one of period_days and rotation must be set."
  type        = number
  default     = null
}

variable "rotation" {
  description = "Raise it by 1 to rotate one of the two tokens. Exactly one of period_days and rotation must be set."
  type        = number
  default     = null
}

variable "inactivity_expiry_days" {
  description = "After how many days without use a token expires: 31, 45, 60 or 180. Consumers stop using the previous secret, so choose more than a period."
  type        = number
  default     = 45
}

variable "permission_set_ids" {
  description = "Ids of the permission sets of both tokens. Exactly one of this and all_permissions must be set."
  type        = set(string)
  default     = null
}

variable "all_permissions" {
  description = "True grants all permissions."
  type        = bool
  default     = null
}

variable "age_recipients" {
  description = "Age recipients and SSH public keys of the people and jobs that may read the secrets. A change reaches each token when it rotates."
  type        = set(string)
  default     = null
}

variable "sealed_box_public_keys" {
  description = "Public keys of sealed boxes, such as those of GitHub repositories, by a label of your choice. A change reaches each token when it rotates."
  type        = map(string)
  default     = null
}
