/* foreign_state: upgrades states that dmacvicar/libvirt (0.8 or 0.9) wrote.
 *
 * The upgraded state has only the identity of the object. The next read fills in the other
 * attributes, as after an import. States of dmacvicar/libvirt and early states of loam both have
 * schema version 0; an attribute that only loam writes tells them apart. */
#pragma once

#include "provider.h"

#define FOREIGN_STATE_VERSION 1

/* Implements the slot `upgrade`. `own` is the name of an attribute that only loam's states have. A
 * state that has `own`, or no identity, is left as it is. Always returns true. */
MUST_USE bool foreign_state_upgrade(const Call *call, const UpgradeRequest *request,
                                    UpgradeResponse *response, const char *own);
/* The slot `upgrade` of a libvirt_cloudinit_disk. In 0.8 its `id` is the key of the volume, a
 * semicolon and a UUID; the upgraded state has an empty `id`. In 0.9 it is a file of the machine
 * that ran Terraform; the upgraded state has an empty `volume_id`. */
MUST_USE bool foreign_state_upgrade_seed(const Call *call, const UpgradeRequest *request,
                                         UpgradeResponse *response, Diags *diags);
