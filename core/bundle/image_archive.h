/* image_archive: container images in a tar file, as an OCI layout or as docker save writes them. */
#pragma once

#include "disk.h"

/* Adds the names of the images in the file to `names`. Returns false with *problem, the end of a
 * sentence, if it is not such an archive or an image has no name. */
MUST_USE bool image_archive_names(const Disk *disk, Str path, StrVec *names, Str *problem,
                                  Arena *arena);
/* Copies an OCI archive of one image to the path `to`, under this name, so that containerd imports
 * it as `name`. */
MUST_USE bool image_archive_rename(const Disk *disk, Str from, Str name, Str to, Str *problem,
                                   Arena *arena);
