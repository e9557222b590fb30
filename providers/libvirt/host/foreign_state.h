/* foreign_state: objects of a state that dmacvicar/libvirt (0.8 or 0.9) wrote.
 *
 * Its attributes are reduced to the identity of the object; the next read fills in the rest, as
 * after an import. Schema version 0 is that of the other provider and of early states of loam,
 * which have attributes that the other one lacks. */
#pragma once

#include "provider.h"

#define FOREIGN_STATE_VERSION 1

/* The slot `upgrade`. `own` is an attribute that only loam's states have. */
MUST_USE bool foreign_state_upgrade(const Call *call,
                                    const UpgradeRequest *request,
                                    UpgradeResponse *response,
                                    const char *own);
