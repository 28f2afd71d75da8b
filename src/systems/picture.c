/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.c - see picture.h. */
#include "config.h"

#include "systems/picture.h"

#include <string.h>

#include "algo/layout.h"
#include "core/mem.h"

static ory_status keep_edges(ory_picture *p, const ory_graph *bones, ory_error *err)
{
    size_t e;

    p->n_edges = bones->m > 0 ? bones->m : 1;
    if (!(p->edges = ory_alloc(3 * p->n_edges, sizeof *p->edges)))
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    for (e = 0; e < bones->m; e++) {
        p->edges[3 * e] = bones->edge[e].i + 1.0;
        p->edges[3 * e + 1] = bones->edge[e].j + 1.0;
        p->edges[3 * e + 2] = bones->edge[e].w;
    }
    if (bones->m == 0)
        p->edges[0] = p->edges[1] = (double)p->n;
    return ORY_OK;
}

ory_status ory_picture_make(ory_picture *p, const ory_graph *g, size_t most, ory_error *err)
{
    ory_graph bones;
    ory_status ok;

    *p = (ory_picture){.n = g->n, .xy = ory_alloc(2 * g->n, sizeof *p->xy)};
    if (!p->xy)
        return ory_fail(err, ORY_ENOMEM, "out of memory");
    if ((ok = ory_graph_place(g, p->xy, err)) != ORY_OK ||
        (ok = ory_graph_backbone(g, most, &bones, err)) != ORY_OK)
        return ok;
    ok = keep_edges(p, &bones, err);
    ory_graph_fini(&bones);
    return ok;
}

void ory_picture_spectral(ory_picture *p, const double *V, size_t k, size_t first)
{
    size_t i;

    if (p->n <= ORY_PLACE_NODES || k < first + 2)
        return;
    for (i = 0; i < p->n; i++) {
        p->xy[2 * i] = V[i * k + first];
        p->xy[2 * i + 1] = V[i * k + first + 1];
    }
}

void ory_picture_fini(ory_picture *p)
{
    ory_free(p->edges);
    ory_free(p->xy);
    memset(p, 0, sizeof *p);
}
