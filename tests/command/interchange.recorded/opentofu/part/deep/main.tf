variable "id" {}

resource "terraform_data" "it" {
  input = var.id

  lifecycle {
    precondition {
      condition     = var.id != ""
      error_message = "It has an identity."
    }
  }
}

output "id" {
  value = terraform_data.it.id
}
