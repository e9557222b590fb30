/* domain_disk: the disks of a machine, as values and as XML. A disk is who its target is. */
#pragma once

#include "domain_schema.h"
#include "provider.h"
#include "xml.h"

#include "libvirt_handle.h"

/* Bus and target of each disk of `planned` where `config` leaves them out: a disk whose volume
 * stood in `prior` keeps its target, others get the next free one. Formats of disks that stay are
 * kept. */
Value domain_disk_plan(Value prior, Value config, Value planned, Arena *arena);
/* Path and format of every disk, filled into the list where it was not known. */
MUST_USE bool domain_disk_resolve(const Call *call,
                                  virConnectPtr connection,
                                  Value *domain,
                                  Diags *diags);
/* One element <disk>. The volume is looked up by its key. */
xmlNodePtr domain_disk_add(xmlNodePtr devices, virConnectPtr connection, Value disk, Arena *arena);
/* The disk of the seed. */
xmlNodePtr domain_disk_add_seed(xmlNodePtr devices,
                                virConnectPtr connection,
                                Str volume_id,
                                Arena *arena);
/* Writes into the element of a disk what differs between `before`, which the element says now, and
 * `disk`. If `before` is null, the element is made to say all that `disk` does. */
void domain_disk_edit(
    xmlNodePtr node, virConnectPtr connection, Value before, Value disk, Arena *arena);
void domain_disk_edit_seed(xmlNodePtr node, virConnectPtr connection, Str volume_id, Arena *arena);
/* The disk of `prior` that this disk of `planned` was: by its target, else by its image. Null if it
 * is a new one. */
Value domain_disk_before(Value prior, Value planned, Value disk);
/* Whether the schema can express the element: an image on the host behind a disk or a CD-ROM.
 * Other disks are left alone. */
bool domain_disk_is_known(xmlNodePtr node, Arena *arena);
/* Item of the list with that target; null when there is none. */
Value domain_disk_find(Value domain, Str target);
/* The list as the description has it, in the order of `state`; the seed left out. */
Value domain_disk_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
/* The seed's volume as the state names it, or the path that stands in the description. */
Value domain_disk_read_seed(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
