/* version: the version of loam and the versions it is compatible with. */
#pragma once

/* Version of loam, set by CMake. */
#define VERSION_LOAM LOAM_VERSION
/* The Terraform release whose language and file formats loam implements. required_version of a
 * terraform block is checked against it; states and plans record it. */
#define VERSION_TERRAFORM "1.11.4"
/* The OpenTofu release whose language loam implements. The OpenTofu constraint of a language block
 * is checked against it. */
#define VERSION_OPENTOFU "1.12.0"
