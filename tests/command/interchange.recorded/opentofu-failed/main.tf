variable "turn" {
  default = 2
}

variable "command" {
  default = "true"
}

resource "terraform_data" "first" {
  for_each         = toset(["a b"])
  input            = sensitive("text")
  triggers_replace = var.turn
  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "user" {
  input            = terraform_data.first["a b"].id
  triggers_replace = terraform_data.first["a b"].id
  lifecycle {
    create_before_destroy = true
  }
  provisioner "local-exec" {
    command = var.command
  }
}

resource "terraform_data" "last" {
  count = var.turn - 1
  input = terraform_data.user.id
}
