/* version: who this is, and whose formats it speaks. */
#pragma once

/* loam's own, the project's version. */
#define VERSION_LOAM LOAM_VERSION
/* The release of Terraform whose language and file formats are meant: required_version of a
 * terraform block is held against it, and it is written into states and plans. */
#define VERSION_TERRAFORM "1.11.4"
/* The release of OpenTofu whose language is meant: what a language block says of OpenTofu is held
 * against it. */
#define VERSION_OPENTOFU "1.12.0"
