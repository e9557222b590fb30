/* s3_backend: states as objects of a bucket, named as Terraform and OpenTofu name them.
 *
 * state    KEY, and PREFIX/WORKSPACE/KEY of the other workspaces
 * lock     KEY.tflock (use_lockfile): the holder's info, made on condition that it is not there;
 *          it does not expire. It is looked at again before each write of a state
 * write    one object; so old or new
 * journal  KEY.journal/0000000001 …; with use_lockfile each is made on the same condition, so a run
 *          that lost its lock cannot go on beside the next one */
#pragma once

#include "backend.h"

extern const BackendType s3_backend;
