variable "v" {
  type    = list(object({ a = optional(string, "x") }))
  default = []
}
resource "t" r {
  a = "x${upper("y")} %{ if true }z%{ endif }"
  b { c = { k = 1, (f("a")) : [for i, v in w : v if i > 0] } }
  d = <<-EOT
    in ${~ a.0[*].b ~}
    EOT
}
/* end */ # of it
