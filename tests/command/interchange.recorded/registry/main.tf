variable "regions" {
  default = ["north", "south"]
}

resource "random_pet" "name" {
  prefix = "vm"
}

resource "random_string" "suffix" {
  for_each = toset(var.regions)
  length   = 8
  special  = false
  upper    = false
}

resource "random_password" "root" {
  length = 12
}

resource "random_integer" "port" {
  min = 2000
  max = 2999
}

resource "terraform_data" "machine" {
  for_each         = random_string.suffix
  input            = "${random_pet.name.id}-${each.value.result}:${random_integer.port.result}"
  triggers_replace = { pet = random_pet.name.id }
}

output "machines" {
  value = { for region, machine in terraform_data.machine : region => machine.output }
}

output "password" {
  value     = random_password.root.result
  sensitive = true
}
