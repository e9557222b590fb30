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
/* Adds an element <disk>; looks up the volume by its key. */
xmlNodePtr domain_disk_add(xmlNodePtr devices, virConnectPtr connection, Value disk, Arena *arena);
/* Adds the disk of the cloud-init seed. */
xmlNodePtr domain_disk_add_seed(xmlNodePtr devices,
                                virConnectPtr connection,
                                Str volume_id,
                                Arena *arena);
/* Edits the differences between `before`, the current content of the element, and `disk`. If
 * `before` is null, all arguments of `disk` are written. */
void domain_disk_edit(
    xmlNodePtr node, virConnectPtr connection, Value before, Value disk, Arena *arena);
void domain_disk_edit_seed(xmlNodePtr node, virConnectPtr connection, Str volume_id, Arena *arena);
/* Returns the disk of `prior` that became `disk` of `planned`: by target, else by image. Null for a
 * new disk. */
Value domain_disk_before(Value prior, Value planned, Value disk);
/* Returns the item of the list with that target; null if none. */
Value domain_disk_find(Value domain, Str target);
/* Returns the list from the XML, in the order of `state`, without the seed. */
Value domain_disk_read(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
/* Returns the seed's volume as in the state, or else the path in the XML. */
Value domain_disk_read_seed(virConnectPtr connection, Value state, xmlNodePtr root, Arena *arena);
