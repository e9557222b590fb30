/* domain_disk: the disks of a machine, as values and as XML. The target identifies a disk. */
#pragma once

#include "domain_schema.h"
#include "provider.h"
#include "xml.h"

#include "libvirt_handle.h"

/* Sets bus and target of each disk of `planned` where `config` omits them. A disk whose volume is
 * in `prior` keeps its target; others get the next free one. Existing disks keep their format. */
Value domain_disk_plan(Value prior, Value config, Value planned, Arena *arena);
/* Sets unknown paths and formats of all disks. */
MUST_USE bool domain_disk_resolve(const Call *call, virConnectPtr connection, Value *domain,
                                  Diags *diags);
/* Edits the elements of the disks and of the cloud-init seed that differ between `prior`, the
 * current content of `root`, and `planned`; adds new ones and removes those that `planned` does not
 * have. */
void domain_disk_edit(xmlNodePtr root, virConnectPtr connection, Value prior, Value planned,
                      Arena *arena);
/* Returns whether the cloud-init seed may have this target. No disk gets it unless the
 * configuration says so. */
bool domain_disk_is_seed_target(Str target);
/* Return the index of the disk with that target, SIZE_MAX if none; and the disk, null if none. */
size_t domain_disk_index(Value domain, Str target);
Value domain_disk_find(Value domain, Str target);
/* Sets "disk" and "cloudinit" from the XML. Disks keep the order of `state`. */
void domain_disk_read(ObjectBuilder *builder, virConnectPtr connection, Value state,
                      xmlNodePtr root, Arena *arena);
