/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h - the step rules of gradient descent that need nothing but a loss. */
#ifndef ORY_RUN_RULES_H
#define ORY_RUN_RULES_H

#include "run/stepper.h"

typedef enum { ORY_RULE_CONST, ORY_RULE_BACKTRACK, ORY_RULE_POLYAK } ory_generic_rule;

/* Names and sentences, ended by name == NULL; index = ory_generic_rule. */
typedef struct ory_rule_row {
    const char *name, *doc;
} ory_rule_row;
extern const ory_rule_row ory_generic_rules[];
int ory_generic_rule_find(const char *name); /* -1: none */

#endif
