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
MUST_USE bool domain_disk_resolve(const Call *call,
                                  virConnectPtr connection,
                                  Value *domain,
                                  Diags *diags);
/* Edits the elements of disks that differ between `prior`, the current content of `root`, and
 * `planned`; adds new disks and removes those that left the list. Without prior ones, adds all. */
void domain_disk_edit(
    xmlNodePtr root, virConnectPtr connection, Value prior, Value planned, Arena *arena);
/* Adds, edits or removes the disk of the cloud-init seed. */
void domain_disk_edit_seed(xmlNodePtr root, virConnectPtr connection, Value planned, Arena *arena);
/* Returns the item of the list with that target; null if none. */
Value domain_disk_find(Value domain, Str target);
/* Returns the list from the XML, in the order of `state`, without the seed. */
Value domain_disk_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
/* Returns the seed's volume as in the state, or else the path in the XML. */
Value domain_disk_read_seed(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
