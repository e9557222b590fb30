/* version: the version of loam and the versions it is compatible with. */
#pragma once

/* Version of loam, set by CMake. */
#define VERSION_LOAM LOAM_VERSION
/* The Terraform release whose file formats loam writes: states and plans record it. The releases
 * that required_version is checked against are in required_version.c. */
#define VERSION_TERRAFORM "1.11.4"
/* The OpenTofu release whose language and stored forms loam implements. */
#define VERSION_OPENTOFU "1.12.6"
