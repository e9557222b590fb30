/* argocd_fields: the arguments of an application, which the template of an ApplicationSet has, too.
 */
#pragma once

#include "spec_object.h"

/* Elements of `sources` have no values_object: values of any type in a list would need a common
 * type. */
extern const Attribute argocd_application_spec[9];
/* SpecObject.ints_or_texts of these kinds. */
extern const char *const argocd_ints_or_texts[];
