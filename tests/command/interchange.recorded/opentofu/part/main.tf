variable "name" {}

resource "terraform_data" "it" {
  input = var.name
}

module "deep" {
  source = "./deep"
  count  = 1
  id     = terraform_data.it.id
}

output "id" {
  value = module.deep[0].id
}
