# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/dmacvicar/libvirt" {
  version     = "0.8.3"
  constraints = ">= 0.7.0"
  hashes = [
    "h1:fRP1bwe9MGzDrclJrOR2gLdLkBubU3IQR8hxGAU9neM=",
  ]
}
