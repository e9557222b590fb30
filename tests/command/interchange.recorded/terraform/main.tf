variable "secret" {
  type      = string
  default   = "hidden"
  sensitive = true
}

resource "terraform_data" "one" {
  input = { text = "grüße\n<&>\u2028", number = 12345678901234567890, none = null, list = [1, true, "x"] }
}

resource "terraform_data" "many" {
  count            = 2
  input            = "${terraform_data.one.output.text} ${count.index}"
  triggers_replace = [terraform_data.one.id]
}

resource "terraform_data" "keyed" {
  for_each = { "a" = 1, "b c\"d" = 2 }
  input    = { secret = var.secret, number = each.value }
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition     = self.id != ""
      error_message = "It has an identity."
    }
  }
}

data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}

module "part" {
  source   = "./part"
  for_each = toset(["x", "y"])
  name     = "${each.key} ${data.terraform_remote_state.other.outputs.word}"
}

check "parts" {
  assert {
    condition     = length(module.part) == 2
    error_message = "There are two."
  }
}

output "secret" {
  value     = var.secret
  sensitive = true
}

output "ids" {
  value = terraform_data.many[*].id
}

output "mixed" {
  value = { one = terraform_data.one.output, parts = { for key, part in module.part : key => part.id }, nothing = null }
}
