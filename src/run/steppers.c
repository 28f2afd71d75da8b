/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steppers.c - the registry of steppers, and the list of step rules that a system's own
 * rules and the generic ones make together. */
#include "config.h"

#include "run/stepper.h"

#include <string.h>

#include "run/rules.h"

#define ORY_STEPPER(name) extern const ory_stepper_class ory_##name##_stepper;
#include "run/steppers.def"
#undef ORY_STEPPER

static const ory_stepper_class *const classes[] = {
#define ORY_STEPPER(name) &ory_##name##_stepper,
#include "run/steppers.def"
#undef ORY_STEPPER
};

size_t ory_stepper_count(void)
{
    return sizeof classes / sizeof *classes;
}

const ory_stepper_class *ory_stepper_class_at(size_t i)
{
    return classes[i];
}

const ory_stepper_class *ory_stepper_class_find(const char *name)
{
    size_t i;

    for (i = 0; name && i < ory_stepper_count(); i++)
        if (strcmp(classes[i]->name, name) == 0)
            return classes[i];
    return NULL;
}

const char *ory_stepper_unfit(const ory_stepper_class *c, const ory_system_class *s)
{
    if ((c->needs & ORY_NEEDS_LOSS) && !s->loss)
        return "it has no loss";
    if ((c->needs & ORY_NEEDS_RHS) && !s->rhs && !s->loss)
        return "it has neither a right-hand side nor a loss";
    if ((c->needs & ORY_NEEDS_ADVANCE) && !s->advance)
        return "it has no discrete update of its own";
    return NULL;
}

/* The i-th name: generic rules first, then those of the system that are not generic. */
static bool rule_at(const ory_system_class *s, int i, const char **name, const char **doc)
{
    const ory_rule *r;
    int g = 0;

    for (; ory_generic_rules[g].name; g++) {
        if (i-- > 0)
            continue;
        *name = ory_generic_rules[g].name;
        *doc = ory_generic_rules[g].doc;
        for (r = s->rules; r && r->name; r++)
            if (strcmp(r->name, *name) == 0)
                *doc = r->doc;
        return true;
    }
    for (r = s->rules; r && r->name; r++) {
        if (ory_generic_rule_find(r->name) >= 0 || i-- > 0)
            continue;
        *name = r->name;
        *doc = r->doc;
        return true;
    }
    return false;
}

const char *ory_rule_name(const ory_system_class *s, int i)
{
    const char *name, *doc;

    return rule_at(s, i, &name, &doc) ? name : NULL;
}

const char *ory_rule_doc(const ory_system_class *s, int i)
{
    const char *name, *doc;

    return rule_at(s, i, &name, &doc) ? doc : NULL;
}
