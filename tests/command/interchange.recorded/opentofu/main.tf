provider "terraform" {
  alias    = "each"
  for_each = toset(["one", "two w"])
}

locals {
  places = { "a" = 1, "b c\"d" = 2, "ü.[0]" = 3 }
}

variable "secret" {
  type      = string
  default   = "hidden"
  sensitive = true
}

variable "settings" {
  type = object({
    name  = string
    parts = optional(map(number), { one = 1 })
    extra = optional(string)
  })
  default = { name = "s" }
}

resource "terraform_data" "one" {
  input = {
    text   = "grüße\n<&>\u2028 😀 $${x}"
    number = 12345678901234567890
    small  = 0.1
    tiny   = 1e-30
    huge   = 12345678901234567890123456789012345678901234567890.5
    none   = null
    empty  = []
    list   = [1, true, "x", null]
    set    = toset(["z", "a"])
    map    = tomap({ k = "v" })
    given  = var.settings
  }
}

resource "terraform_data" "many" {
  count            = 2
  input            = "${terraform_data.one.output.text} ${count.index}"
  triggers_replace = [terraform_data.one.id]
}

resource "terraform_data" "keyed" {
  for_each = local.places
  input    = { secret = var.secret, number = each.value, deep = [{ s = sensitive(each.key) }] }
  lifecycle {
    create_before_destroy = true
    postcondition {
      condition     = self.id != ""
      error_message = "It has an identity."
    }
  }
}

resource "terraform_data" "none" {
  count = 0
}

resource "terraform_data" "switched_on" {
  input = "on"
  lifecycle {
    enabled = true
  }
}

resource "terraform_data" "switched_off" {
  lifecycle {
    enabled = false
  }
}

resource "terraform_data" "by" {
  for_each = toset(["one", "two w"])
  provider = terraform.each[each.key]
  input    = each.key
}

resource "terraform_data" "whole" {
  input            = sensitive({ a = 1 })
  triggers_replace = var.secret
  depends_on       = [module.part]
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [input]
  }
}

resource "terraform_data" "ran" {
  input = "x"
  provisioner "local-exec" {
    command = "true"
  }
}

resource "terraform_data" "newer" {
  input = "moved here"
}

moved {
  from = terraform_data.older
  to   = terraform_data.newer
}

data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}

data "terraform_remote_state" "each" {
  for_each = toset(["p", "q r"])
  backend  = "local"
  config   = { path = "${path.module}/other.tfstate" }
  defaults = { nothing = each.key }
}

module "part" {
  source   = "./part"
  for_each = toset(["x", "y z"])
  name     = "${each.key} ${data.terraform_remote_state.other.outputs.word}"
}

check "parts" {
  assert {
    condition     = length(module.part) == 2
    error_message = "There are two."
  }
}

check "failing" {
  assert {
    condition     = var.settings.name == "t"
    error_message = "The name is ${var.settings.name}."
  }
}

output "secret" {
  value     = var.secret
  sensitive = true
}

output "ids" {
  value = terraform_data.many[*].id
  precondition {
    condition     = length(terraform_data.many) == 2
    error_message = "There are two."
  }
}

output "mixed" {
  value = { one = terraform_data.one.output, parts = { for key, part in module.part : key => part.id }, nothing = null }
}

output "collections" {
  value = { list = tolist(["a"]), set = toset([2, 1]), map = { for k, v in local.places : k => tostring(v) }, none = tolist([]) }
}

output "nothing" {
  value = null
}

output "open" {
  value = nonsensitive(var.secret)
}
