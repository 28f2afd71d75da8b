-- SPDX-License-Identifier: GPL-3.0-or-later
---@meta orrery
-- Types of orrery for the Lua language server. Made from the tables of the program by
-- tools/meta.lua: "make reference" writes it anew.

---@class dict.code.options
---@field D? matrix|table the dictionary, an atom a row; made up from the seed when absent.
---@field v? matrix|table the vector to decompose; made up from the dictionary when absent.
---@field names? string|string[] names of the atoms, one a line.
---@field truth? matrix|table the true weights of v, where they are known: one number an atom.
---@field mean? matrix|table subtracted from atoms and source before solving.
---@field normalise? boolean solve with atoms and source of length 1; default: true.
---@field method? "cd"|"fista"|"omp" coordinate descent sweep by sweep, FISTA step by step, or OMP atom by atom; default: "cd".
---@field l1? number penalty of sum |c|; default: 0.0095.
---@field l2? number penalty of sum c^2 / 2; default: 0.0005.
---@field nonneg? boolean weights may not be negative; default: false.
---@field k? integer OMP: atoms at most; default: 10.
---@field tol? number stop at this duality gap, of |u|^2; OMP: residual, of |u|; default: 1e-12.
---@field screen? boolean coordinate descent drops atoms that are surely zero; default: true.
---@field source? integer edit: number of the concept to take out; 0: the heaviest; default: 0.
---@field target? integer edit: number of the concept to put in; 0: one that is not in v; default: 0.
---@field vector? matrix|table edit: the vector to put in, instead of an atom.
---@field edit? "replace"|"remove"|"add" replace the source by the target, remove the source, or add the target; default: "replace".
---@field strength? number edit: multiple of the estimated weight; default: 1.
---@field rival? number fixed strength of plain vector addition; default: 0.7.
---@field coefficient? number edit: this weight instead of the estimated one; "add" needs it.
---@field match_norm? boolean edit: the target is scaled to the length of the source; default: false.
---@field dim? integer generator: length of the vectors; default: 64.
---@field n? integer generator: concepts; default: 32.
---@field groups? integer generator: groups of concepts; default: 1.
---@field rho? number generator: expected cosine across groups; default: 0.3.
---@field rho_group? number generator: expected cosine within groups; default: 0.
---@field stimuli? integer generator: stimuli averaged for each concept; default: 30.
---@field sigma? number generator: noise of a stimulus; default: 0.5.
---@field kappa? number generator: part of another concept in a stimulus; default: 0.
---@field mix? integer generator: concepts in v; default: 5.
---@field snr? number generator: noise below |v|; 300 or more: none; default: 20.
---@field seed? integer generator: seed; default: 1.

---a vector as a sparse mix of named concepts, and the edit that takes one for another
---@class dict.code.system: system

---@class dict.code.run: run
---@field objective number |u - Dc|^2/2 + l1 |c|_1 + l2 |c|^2/2 of the scaled problem
---@field gap number P minus the dual objective at the scaled residual, at least 1e-15 |u|^2: never below P - P_min
---@field residual number length of v - Dw beside that of v; 0 for a zero source
---@field residual_sq number squared residual of the scaled problem
---@field nonzeros number atoms with a weight that is not zero
---@field screened number atoms proved zero for this penalty and dropped
---@field violation number largest violation of the optimality conditions, |g_j - l2 c_j - l1 sign c_j| or (|g_j| - l1)+
---@field unrest number largest move that one coordinate step would make
---@field sweeps number sweeps, iterations or atoms so far
---@field converged number 1 when the stopping rule has been met for this penalty
---@field l1_now number the penalty of sum |c| in force; 0 for OMP
---@field l2_now number the penalty of sum c^2/2 in force; 0 for OMP
---@field l1_max number max |q_j|: from this penalty on all weights are zero
---@field mu number largest |cosine| of two atoms
---@field mean_cosine number mean cosine of two atoms
---@field recovery_limit number OMP finds every exact mix of fewer atoms than this
---@field twin_pairs number pairs of atoms with cosine above 0.99
---@field orthonormality number how far the atoms are from orthonormal
---@field is_omp number 1 when atoms are chosen by OMP, else 0
---@field noiseless number 1 when v is an exact mix of atoms, made up, else 0
---@field averaging_error number root mean square distance of the atoms, means of K stimuli, from the centres they were made around; NaN unless made up with kappa = 0
---@field averaging_limit number sigma / sqrt(K) and what chance adds to it twice in a billion draws
---@field true_k number atoms in the true mix; 0 when it is not known
---@field best number least objective for this penalty, by descent to rest
---@field excess number objective above its minimum
---@field closed_form_error number max |c_j - soft(q_j, l1)/(1 + l2)|: the solution when the atoms are orthonormal
---@field orthogonality number largest product of the residual with an atom in use
---@field growth number largest growth of |u - Dc|^2 in one step so far
---@field twin_difference number |c_i - c_j| of the two atoms that are the same
---@field wrong number atoms in use that are not in the true mix
---@field path_fall number largest fall of |c|_1 along the path as l1 falls
---@field path_rise number largest rise of |r| along the path as l1 falls
---@field precision number part of {|w| > 0.05 max |w|} that is true
---@field recall number part of the true atoms that is in {|w| > 0.05 max |w|}
---@field f1 number harmonic mean of precision and recall
---@field weight_error number |w - w_true| / |w_true|
---@field weight_source number estimated weight of the source concept, in original units
---@field edit_weight number weight of the edit: strength times the estimate, or the coefficient
---@field absent number 1 when the source weighs less than 1e-6 of the heaviest: nothing is transplanted
---@field edit_error number |v' - v'_ideal|/|v|, ideal with the true weight
---@field rival_error number the same for plain addition at fixed strength
---@field edit_residual number |(v' - D'w) - r|/|v| at strength 1, at least 1e-15: the residual is carried over whole
---@field source_before number cosine of v and the source concept
---@field source_after number cosine of v' and the source concept
---@field target_before number cosine of v and the target
---@field target_after number cosine of v' and the target
---@field side_effect number largest change of cosine with any atom other than source and target
---@field weights matrix weights w in original units
---@field true_weights matrix the weights v was made with; NaN when they are not known
---@field correlations matrix products of the residual with the atoms, q - Gc
---@field cos_before matrix cosines of v and every atom
---@field cos_after matrix cosines of the edited v' and every atom
---@field cos_rival matrix cosines of every atom and v after plain addition at fixed strength
---@field gram_shown matrix cosines of the first atoms (at most 96) with each other
---@field path matrix solutions for 60 penalties from l1_max down to a thousandth of it, a row each
---@field path_l1 matrix the penalties of the path
---@field path_top matrix a row for each of the first atoms that OMP takes (at most 6): its weight over path_l1
---@field l1 number penalty of sum |c|
---@field l2 number penalty of sum c^2 / 2
---@field strength number edit: multiple of the estimated weight
---@field rival number fixed strength of plain vector addition
---@field coefficient number edit: this weight instead of the estimated one; "add" needs it
---@field c matrix Block of the state.
---@field y matrix Block of the state.
---@field clock matrix Block of the state.

---@class dict.learn.options
---@field X? matrix|table the samples, a row each; made up from the seed when absent.
---@field truth? matrix|table the atoms that X was made of, n rows, where they are known.
---@field method? "online"|"ksvd" online: a mini-batch a step; ksvd: all samples a step; default: "online".
---@field n? integer atoms to learn; default: 30.
---@field l1? number penalty of the codes of online learning, and of the objective; default: 0.1.
---@field k? integer ksvd: atoms in the code of a sample; default: 2.
---@field batch? integer online: samples a step; default: 50.
---@field held? number part of the samples that is held out for the objective; default: 0.1.
---@field dim? integer generator: length of a sample; default: 20.
---@field samples? integer generator: samples; default: 1000.
---@field sparsity? integer generator: atoms in a sample, weights +-[0.5, 1.5]; default: 2.
---@field noise? number generator: standard deviation of the noise of an entry; default: 0.
---@field seed? integer seed of the samples, the start and the order; default: 1.

---a dictionary learned from samples: online mini-batches or K-SVD
---@class dict.learn.system: system

---@class dict.learn.run: run
---@field objective number mean of |x - D'w|^2/2 + l1 |w|_1 at the best w, over the samples held out
---@field last number mean objective of the last batch before its update; ksvd: root mean square error after the sweep
---@field epoch number passes over the samples so far
---@field found number part of the true atoms with |cosine| above 0.97 in the best assignment
---@field mu number largest |cosine| of two atoms
---@field longest number largest length of an atom
---@field shortest number least length of an atom
---@field drift number mean of 1 - |cosine| of every atom with its start
---@field is_ksvd number 1 for K-SVD, 0 for online learning
---@field match matrix largest |cosine| of every true atom with a learned one; NaN when none are known
---@field moved matrix how far every atom has turned from its start
---@field use matrix square root of the diagonal of A: how much every atom is used (online)
---@field dictionary matrix the first atoms, at most 64, a row each
---@field l1 number penalty of the codes of online learning, and of the objective
---@field atoms matrix Block of the state.
---@field A matrix Block of the state.
---@field B matrix Block of the state.
---@field clock matrix Block of the state.

---@class dyn.cluster.options
---@field L? matrix|table the network: a graph, a list of edges, or a Laplacian n x n; a drawn block model of 20, 40 and 20 nodes when absent.
---@field method? "auto"|"sign"|"bach-jordan"|"plain"|"rows"|"inertia" how nodes become points: sign of the second eigenvector (2 groups), bach-jordan (normalised adjacency), plain (Laplacian), rows (of unit length), inertia; auto is sign for 2 groups, else bach-jordan; default: "auto".
---@field k? integer groups; 0: from the largest ratio lambda_{k+1}/lambda_k; default: 0.
---@field seed? integer of the first centres, and of the block model; default: 1.
---@field restarts? integer runs of k-means from new centres; the best is kept; default: 20.
---@field m? matrix|table method inertia: inertia of every node, a list of n numbers > 0.
---@field truth? matrix|table the true group of every node, n whole numbers from 1: misclustered nodes are counted then.
---@field bus? matrix|table numbers of the nodes, for names; 1 to n when absent.
---@field xy? matrix|table positions n x 2 for the network panel; found from the edges when absent.

---coherent groups of a network from its Laplacian: one round of k-means a step
---@class dyn.cluster.system: system

---@class dyn.cluster.run: run
---@field squares number sum of weight times squared distance of every node's point to its centre, now
---@field squares_before number the sum of squares one round ago, of the same restart; 0: this is its first round
---@field best_squares number least sum of squares of the restarts that have come to rest
---@field restart number the restart that runs, from 1; 0: none has begun
---@field round number rounds of this restart
---@field best_restart number the restart of the least sum of squares; 0: none yet
---@field moved number nodes that changed their group in the last round
---@field done number 1 when all restarts have come to rest, else 0
---@field misclustered number nodes that disagree with truth under the best matching of the groups, now
---@field best_misclustered number the same for the best restart so far
---@field smallest number nodes of the smallest group
---@field rounding number the sum of squares one round ago, and 1e-12 of it
---@field k number number of groups
---@field lam2 number second eigenvalue of the Laplacian
---@field gap_ratio number ratio of the eigenvalues on both sides of the gap after k
---@field gap_k number the k of the largest ratio, from 2 to 12
---@field group matrix group of every node now, numbered in order of first appearance
---@field best_group matrix group of every node in the best restart so far, numbered likewise
---@field sizes matrix nodes of every group now
---@field lam matrix the least eigenvalues of the Laplacian, at most 13
---@field ratios matrix ratios lambda_{k+1}/lambda_k for k = 2, 3, ..., at most 12
---@field embedding matrix first two coordinates of every node's point; of one: beside the node's number
---@field centres matrix k x dimension: the centres now
---@field edges matrix rows (from, to, weight) of a spanning forest and the heaviest edges, at most 3 a node
---@field xy matrix positions of the nodes: given, or found from the edges
---@field label matrix Block of the state.
---@field centre matrix Block of the state.
---@field best matrix Block of the state.
---@field best_centre matrix Block of the state.
---@field count matrix Block of the state.

---@class dyn.double_well.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field depth? number two wells at ±sqrt(depth) when > 0, else one at 0; default: 1.
---@field damping? number friction, force -damping v; default: 0.2.
---@field drive? number amplitude of the driving force; default: 0.
---@field frequency? number angular frequency of the drive; default: 1.

---a mass between two wells, damped and driven (Duffing)
---@class dyn.double_well.system: system

---@class dyn.double_well.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field x number Position.
---@field v number Velocity.
---@field energy number v^2/2 + x^4/4 - depth x^2/2: constant without damping and drive, 0 on the separatrix.
---@field depth number two wells at ±sqrt(depth) when > 0, else one at 0
---@field damping number friction, force -damping v
---@field drive number amplitude of the driving force
---@field frequency number angular frequency of the drive

---@class dyn.hopf.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field mu? number growth at the origin: a limit cycle is born at 0; default: 0.5.
---@field omega? number turning at the origin; default: 1.
---@field twist? number change of the turning with r^2; default: 0.

---normal form of the Hopf bifurcation: a limit cycle of radius sqrt(mu)
---@class dyn.hopf.system: system

---@class dyn.hopf.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field x number First coordinate.
---@field y number Second coordinate.
---@field radius number Distance from the origin.
---@field cycle number Radius of the limit cycle; 0 for mu <= 0.
---@field mu number growth at the origin: a limit cycle is born at 0
---@field omega number turning at the origin
---@field twist number change of the turning with r^2

---@class dyn.kuramoto.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field K? number strength of the coupling; default: 1.
---@field n? integer oscillators; what omega or graph say when given; default: 20.
---@field omega? matrix|table natural frequencies; drawn from N(0, spread^2) when absent.
---@field spread? number standard deviation of the natural frequencies; default: 0.5.
---@field graph? matrix|table who is coupled to whom: a graph, a list of edges or a Laplacian; all to all with 1/n when absent.
---@field seed? integer random seed of frequencies and phases; default: 1.

---phase oscillators that synchronise when the coupling is strong enough
---@class dyn.kuramoto.system: system

---@class dyn.kuramoto.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field R number Order parameter |mean exp(i theta)|: 1 when all phases agree.
---@field psi number Phase of the mean of exp(i theta).
---@field drift number Difference of the fastest and the slowest oscillator now: 0 when all are locked.
---@field frequencies matrix Frequency of every oscillator now.
---@field edges matrix The couplings as rows (from, to, weight); all to all: the first oscillator's.
---@field K number strength of the coupling
---@field theta matrix Block of the state.

---@class dyn.linear.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field A? matrix|table n x n; a damped oscillator when absent. The start is then 1, 0, else ones.
---@field B? matrix|table n x inputs; the identity when u is given without it.
---@field u? matrix|table inputs, constant.
---@field gain? number factor of B u; default: 1.

---linear system x' = A x + B u
---@class dyn.linear.system: system

---@class dyn.linear.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field norm number Length of the state.
---@field gain number factor of B u
---@field x matrix Block of the state.

---@class dyn.lorenz.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field sigma? number Prandtl number; default: 10.
---@field rho? number Rayleigh number over its critical value; default: 28.
---@field beta? number shape of the rolls; default: 2.666666667.

---Lorenz's three equations of convection
---@class dyn.lorenz.system: system

---@class dyn.lorenz.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field x number Speed of the convection.
---@field y number Difference of temperature between rising and sinking fluid.
---@field z number Departure of the temperature from a straight profile.
---@field rho_hopf number sigma (sigma + beta + 3)/(sigma - beta - 1): above it both rolls are unstable; NaN where it is not positive.
---@field sigma number Prandtl number
---@field rho number Rayleigh number over its critical value
---@field beta number shape of the rolls

---@class dyn.nadir.options
---@field L? matrix|table the network: a graph, a list of edges, or a Laplacian n x n; the published three weakly tied buses when absent.
---@field f0? number nominal frequency: line stiffness is 2 pi f0 L; default: 50.
---@field m? matrix|table inertia 2H of every bus, n numbers > 0; with L (without L: 4.38).
---@field d? matrix|table damping of every bus, n numbers > 0; kappa m when absent.
---@field kappa? number damping per inertia, d = kappa m; default: 3.652968037.
---@field units? "check"|"general"|"project" units whose d/m (or rinv/m) differ: refuse them (check), solve them as they are by matrix exponentials (general), or make them proportional (project: approximate); default: "check".
---@field rinv? matrix|table inverse droop of every bus' turbine, p.u. >= 0; no turbines when absent.
---@field tau? number turbine lag; default: 5.
---@field bus? matrix|table numbers of the buses, for names; 1 to n when absent.
---@field xy? matrix|table positions n x 2 for the network panel; found from the lines when absent.
---@field rho? number size of the disturbance; default: 0.5.
---@field norm? "2"|"inf"|"1" norm of the disturbance: "2" energy, "inf" every bus on its own, "1" total; default: "2".
---@field limit? number largest deviation that counts as secure (Europe 0.016, Great Britain 0.010); default: 0.016.
---@field beta? number factor of all lines; default: 1.
---@field inertia? number factor of all inertias; default: 1.
---@field damping? number factor of all damping; default: 1.
---@field method? "search"|"table" worst case over time: certified search, or the published table of instants; default: "search".
---@field tol? number certified relative gap of the search; default: 1e-06.
---@field dt? number distance of the table's instants; default: 0.01.
---@field instants? integer instants of the table; default: 100.
---@field frame? number time of one step of the run; exact for any length; default: 0.01.
---@field disturb? "worst"|"even"|"bus"|"none"|"given" disturbance at the start: the worst one, an even one, -rho at one bus, none, or u; default: "worst".
---@field at? integer disturb "bus": which; default: 1.
---@field u? matrix|table disturb "given": power into every bus, n numbers.

---power network under a step disturbance: the worst frequency nadir, where, when and by which disturbance
---@class dyn.nadir.system: system

---@class dyn.nadir.run: run
---@field deviation number largest frequency deviation of any bus now, max_i |w_i|
---@field coi number centre-of-inertia frequency, sum m_i w_i / sum m_i
---@field w_worst number frequency of the bus at which the worst case occurs
---@field deepest number largest deviation of any bus on the way so far
---@field size number the disturbance in the norm of the ball
---@field moved number how far disturbance and factors have been changed since the start
---@field nadir number largest deviation of any bus at any time under any step disturbance of size rho
---@field nadir_bound number proved: no bus ever exceeds this (method "table": the larger of interval and tail bound)
---@field gap_certified number nadir_bound / nadir - 1
---@field nadir_t number time of the worst case; infinite when it is approached in the limit
---@field nadir_bus number bus of the worst case, counted from 1
---@field rho_crit number rho limit / nadir: disturbances up to this size are secure
---@field secure number 1 when nadir <= limit, else 0
---@field limit_now number the limit that the nadir is held against
---@field coi_worst number largest centre-of-inertia deviation over the ball: rho dual(1)/sum(d), or with turbines the overshoot
---@field checked_nadir number units = "project": largest deviation of the true units under the worst disturbance
---@field excess number how far the disturbance lies outside the ball
---@field table_nadir number largest entry of the table of instants, refined
---@field interval_bound number no value between the instants exceeds G_i + (dt^2/8) rho dual(row i of K)
---@field tail_bound number no value beyond the last instant exceeds this
---@field lam2 number second eigenvalue of the scaled Laplacian, with factor beta
---@field tie_threshold number lambda2 from which equal units move as one in the worst case
---@field even_nadir number worst nadir of equal units that move as one, 2-ball
---@field unequal number how unequal the units are
---@field not_2_ball number 0 for the 2-ball, else 1
---@field approximate number 1 when the verdict is not exact (general or projected units), else 0
---@field bus_nadir matrix worst nadir of every bus, from the refined table
---@field bus_nadir_t matrix time of every bus' worst nadir
---@field bus_grid matrix largest entry of every bus in the table of instants, not refined
---@field bus_grid_t matrix instant of every bus' largest entry in the table
---@field worst matrix the disturbance u* that makes the worst bus drop by the nadir
---@field mode_frequency matrix sqrt(lam_k/m)/(2 pi) of every mode
---@field mode_damping matrix d/(2 sqrt(lam_k m)) of every mode; infinite for lam = 0
---@field flow matrix power that leaves every bus through its lines, LB delta
---@field swings matrix frequencies of the centre of inertia and of the seven buses that answer most to a step of their own
---@field edges matrix rows (from, to, weight in p.u./rad) of a spanning forest and the heaviest lines, at most 3 a bus
---@field xy matrix positions of the buses: given, or so that distances are near the number of lines between
---@field rho number size of the disturbance
---@field norm "2"|"inf"|"1" norm of the disturbance: "2" energy, "inf" every bus on its own, "1" total
---@field limit number largest deviation that counts as secure (Europe 0.016, Great Britain 0.010)
---@field beta number factor of all lines
---@field inertia number factor of all inertias
---@field damping number factor of all damping
---@field method "search"|"table" worst case over time: certified search, or the published table of instants
---@field tol number certified relative gap of the search
---@field dt number distance of the table's instants
---@field frame number time of one step of the run; exact for any length
---@field delta matrix Block of the state.
---@field w matrix Block of the state.

---@class dyn.pendulum.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field omega0? number angular frequency of small swings, sqrt(g/l); default: 1.
---@field damping? number friction, torque -damping omega; default: 0.1.
---@field drive? number amplitude of the driving torque; default: 0.
---@field frequency? number angular frequency of the drive; default: 0.6666666667.

---pendulum, damped and driven
---@class dyn.pendulum.system: system

---@class dyn.pendulum.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field theta number Angle from hanging down.
---@field omega number Angular velocity.
---@field energy number omega^2/2 + omega0^2 (1 - cos theta): constant without damping and drive, 2 omega0^2 on the separatrix.
---@field omega0 number angular frequency of small swings, sqrt(g/l)
---@field damping number friction, torque -damping omega
---@field drive number amplitude of the driving torque
---@field frequency number angular frequency of the drive

---@class dyn.reduce.options
---@field L? matrix|table the network: a graph, a list of edges, or a Laplacian n x n; eight swing nodes in three groups when absent.
---@field family? "swing"|"integrator" nodes: swing 1/(m s + d), with a turbine where rinv > 0, or integrator 1/s; default: "swing".
---@field m? matrix|table inertia of every node > 0: a list of n numbers, or of one for all.
---@field d? matrix|table damping of every node: n numbers, or one for all; kappa m when absent.
---@field kappa? number damping per inertia where d is not given, d = kappa m; default: 0.2.
---@field rinv? matrix|table inverse droop of every node's turbine >= 0: n numbers, or one; none when absent.
---@field tau? matrix|table lag of every node's turbine > 0: n numbers, or one; 5 when absent.
---@field preset? "none"|"iceland-figure" "iceland-figure": the aggregate behind the published figure of the Icelandic grid, one node; default: "none".
---@field scale? number factor of all weights of L; default: 1.
---@field inertia? number factor of all inertias; default: 1.
---@field damping? number factor of all damping; default: 1.
---@field kp? number coupling f(s) = kp + ki/s: its constant part (consensus: kp = 1, ki = 0); default: 0.
---@field ki? number coupling f(s) = kp + ki/s: its integral part (power networks: kp = 0, ki = 1); default: 1.
---@field shape? "step"|"exp"|"sin"|"impulse"|"none" disturbance over time: step 1, exp 1 - exp(-rate t), sin sin(rate t), impulse, or none; default: "step".
---@field rate? number of the shapes exp and sin (rad/s); default: 5.
---@field t0? number when the disturbance begins: at the first step not before t0; default: 0.
---@field at? integer the disturbed node; default: 2.
---@field size? number size of the disturbance at that node; default: -1.
---@field u? matrix|table disturbance of every node, n numbers: instead of at and size.
---@field frame? number time of one step of the run; exact for any length up to 900 numbers of state and input; default: 0.01.
---@field method? "auto"|"exact"|"rk4" steps by the matrix exponential (exact), by Runge-Kutta of order 4 (rk4), or exact up to 900 numbers of state and input (auto); default: "auto".
---@field safety? number rk4: its step as a part of the stability limit; default: 0.5.
---@field freq? number the frequency at which transfer functions and bounds are read; default: 1.
---@field low? number lowest frequency of the curves; default: 0.01.
---@field high? number highest frequency of the curves; default: 100.
---@field points? integer frequencies of the curves; 24 when not given and more than 100 nodes; default: 60.
---@field band? number end of the band [0, band] of sup_band; default: 1.
---@field bus? matrix|table numbers of the nodes, for names; 1 to n when absent.
---@field xy? matrix|table positions n x 2 for the network panel; found from the edges when absent.
---@field group? matrix|table the groups: a number from 1 a node, or what graph.cluster or dyn.cluster found; found as k and clustering say when absent.
---@field k? integer how many groups; where the ratio of neighbouring eigenvalues is largest when absent.
---@field clustering? "auto"|"sign"|"bach-jordan"|"plain"|"rows"|"inertia" how groups are found; auto: sign for two, bach-jordan for more; default: "auto".
---@field seed? integer of the clustering's k-means; default: 1.
---@field weights? "refined"|"quotient" weights between groups: from the bottom of the spectrum (refined), or the sums of the weights of L (quotient); default: "refined".
---@field Q? matrix|table block model the graph was drawn from, k x k: probabilities.
---@field W? matrix|table block model the graph was drawn from, k x k: weights.
---@field delta? number limits of the block model hold with probability 1 - delta; default: 0.05.

---network reduced to one node per coherent group, and how far it is from the full one
---@class dyn.reduce.system: system

---@class dyn.reduce.run: run
---@field coherent number inertia-weighted mean, sum M_a y_a / sum M_a
---@field disturbed number response of the group of the disturbed node
---@field coherent_mhz number the weighted mean, 1000 y/(2 pi)
---@field disturbed_mhz number response of the group of the disturbed node, 1000 y/(2 pi)
---@field spread number max_a y_a - min_a y_a
---@field shape_now number value of the disturbance's shape now
---@field steady number where all groups come to rest, and all nodes of the full network: sum u / sum (d_i + rinv_i)
---@field from_steady number max_a |y_a - steady|
---@field unrest number (|sum M_a y_a'| + |sum (rinv_j y_a - q_j)|)/sum (d + rinv), plus the spread
---@field poked number 1 when angles, outputs or shape were set by hand just now, else 0
---@field by_hand number size of power and kicks given by hand, and of changes of knobs since the start
---@field dip number least response of the disturbed group so far
---@field dip_t number when it was least
---@field log_w number log10 of the frequency freq in rad/s
---@field log_error number log10 of the error at freq
---@field error number distance of the reduced transfer function from the full one at freq
---@field error_rank number distance of the rank-k approximation at freq
---@field error_structure number what equal responses inside groups cost at freq
---@field bound number (M1 M2 + 1)^2/(|f| lambda_{k+1} - M2 - M1 M2^2) where the denominator is positive, with M1 = ||T_k||, M2 = max |1/g_i|
---@field bound_total number the bound of the rank-k approximation plus error_structure
---@field connectivity number |f(jw)| lambda_{k+1} at freq
---@field threshold number connectivity from which the bound applies
---@field norm number largest singular value of the reduced transfer function at freq
---@field norm_rank number largest singular value of the rank-k approximation at freq
---@field curve_ratio number largest ||T - T_k||/bound over the frequencies of the curves where it applies
---@field norm_max number largest ||That_k(jw)|| over the frequencies of the curves
---@field structure_max number largest ||T_k - That_k||/||T_k|| over the frequencies of the curves
---@field sup_band number largest error for w in [0, band]
---@field sup_band_w number where the largest error of the band is
---@field sup_rank number largest ||T - T_k|| for w in [0, band]
---@field sup_rank_w number where it is
---@field groups number how many groups
---@field lam2 number second eigenvalue of the scaled Laplacian
---@field lam_k number k-th eigenvalue of the scaled Laplacian, k the number of groups
---@field lam_next number the eigenvalue after it: the gap lies between them
---@field gap_ratio number lambda_{k+1}/lambda_k
---@field refined number 1 when the weights are the refined ones, 0: the quotient
---@field sv_min number least singular value of N^-1/2 P'V_k: 1 when groups and spectrum match, below 0.3 the reduced weights are not meaningful
---@field defect number ||V_k - P S||_F: 0 when L is block-ideal for the groups
---@field spectrum_gap number largest difference of the eigenvalues of N^-1/2 L_k N^-1/2 from lambda_1..lambda_k, as a part of lambda_k
---@field negative number edges of L_k with a negative weight
---@field components number connected components of the full network
---@field least_d number least damping of a node
---@field norm_limit number no ||That_k(jw)|| exceeds 1/min d, whatever the network
---@field weight_sum number block model: largest row sum of P_ij W_ij^2
---@field weight_needed number 16 (c + 1) log n times the largest weight squared, c = log(4/delta)/log n
---@field mean_gap number distance of L from the mean of its block model
---@field mean_gap_limit number limit of ||L - E L|| with probability 1 - delta
---@field lam3 number third eigenvalue of L; for two groups
---@field lam3_limit number wp (p + gamma q) n_min - 8 wp sqrt(n p log(4n/delta)); not above 0 it says nothing
---@field sine number between v_2 and that of the mean graph; for two groups
---@field sine_limit number 16 sqrt 2/(p - gamma q) sqrt(n p log(4n/delta)/n_min^2); from 1 on it says nothing
---@field rho number block model: ratio of the group sizes (assumption 3)
---@field block_margin number min_i B_ii - 2 rho max_i sum_{j != i} B_ij, B = Q o W: > 0 in the theorem (assumption 4)
---@field responses matrix response of every group
---@field power matrix disturbance into every group now: sum of its nodes'
---@field broadcast matrix response of every node: that of its group
---@field labels matrix group of every node, in order of first appearance
---@field sizes matrix nodes of every group
---@field inertias matrix sum of the inertias of every group
---@field sv matrix singular values of N^-1/2 P'V_k
---@field lam matrix bottom eigenvalues of the scaled Laplacian
---@field Lk matrix reduced Laplacian k x k, scaled
---@field quotient matrix sums of the weights of L between groups, scaled
---@field S matrix refinement k x k: V_k is near P S
---@field omega matrix frequencies of the curves
---@field error_at matrix error at the frequencies omega
---@field error_rank_at matrix error_rank at the frequencies omega
---@field error_structure_at matrix error_structure at the frequencies omega
---@field bound_at matrix bound_total at the frequencies omega; NaN where none applies
---@field error_curve matrix rows (log10 w, log10 error), a row of NaN, rows (log10 w, log10 bound_total)
---@field edges matrix rows (from, to, weight) of the reduced network
---@field xy matrix positions of the groups: the middle of their nodes
---@field group matrix 1 to k
---@field scale number factor of all weights of L
---@field inertia number factor of all inertias
---@field damping number factor of all damping
---@field kp number coupling f(s) = kp + ki/s: its constant part (consensus: kp = 1, ki = 0)
---@field ki number coupling f(s) = kp + ki/s: its integral part (power networks: kp = 0, ki = 1)
---@field rate number of the shapes exp and sin (rad/s)
---@field frame number time of one step of the run; exact for any length up to 900 numbers of state and input
---@field safety number rk4: its step as a part of the stability limit
---@field freq number the frequency at which transfer functions and bounds are read
---@field band number end of the band [0, band] of sup_band
---@field phi matrix Block of the state.
---@field y matrix Block of the state.
---@field w matrix Block of the state.
---@field impulse matrix Block of the state.

---@class dyn.swing.options
---@field L? matrix|table the network: a graph, a list of edges, or a Laplacian n x n; four nodes with turbines when absent.
---@field family? "swing"|"integrator"|"rational" nodes: swing 1/(m s + d), with a turbine where rinv > 0, or integrator 1/s, or rational num/den; default: "swing".
---@field m? matrix|table inertia of every node > 0: a list of n numbers, or of one for all.
---@field d? matrix|table damping of every node: n numbers, or one for all; kappa m when absent.
---@field kappa? number damping per inertia where d is not given, d = kappa m; default: 0.2.
---@field rinv? matrix|table inverse droop of every node's turbine >= 0: n numbers, or one; none when absent.
---@field tau? matrix|table lag of every node's turbine > 0: n numbers, or one; 5 when absent.
---@field preset? "none"|"iceland-figure" "iceland-figure": the aggregate behind the published figure of the Icelandic grid, one node; default: "none".
---@field scale? number factor of all weights of L; default: 1.
---@field inertia? number factor of all inertias; default: 1.
---@field damping? number factor of all damping; default: 1.
---@field kp? number coupling f(s) = kp + ki/s: its constant part (consensus: kp = 1, ki = 0); default: 0.
---@field ki? number coupling f(s) = kp + ki/s: its integral part (power networks: kp = 0, ki = 1); default: 1.
---@field shape? "step"|"exp"|"sin"|"impulse"|"none" disturbance over time: step 1, exp 1 - exp(-rate t), sin sin(rate t), impulse, or none; default: "step".
---@field rate? number of the shapes exp and sin (rad/s); default: 5.
---@field t0? number when the disturbance begins: at the first step not before t0; default: 0.
---@field at? integer the disturbed node; default: 2.
---@field size? number size of the disturbance at that node; default: -1.
---@field u? matrix|table disturbance of every node, n numbers: instead of at and size.
---@field frame? number time of one step of the run; exact for any length up to 300 nodes; default: 0.01.
---@field method? "auto"|"exact"|"rk4" steps by the matrix exponential (exact), by Runge-Kutta of order 4 (rk4), or exact up to 300 nodes (auto); default: "auto".
---@field safety? number rk4: its step as a part of the stability limit; default: 0.5.
---@field freq? number the frequency at which transfer functions and bounds are read; default: 1.
---@field low? number lowest frequency of the curves; default: 0.01.
---@field high? number highest frequency of the curves; default: 100.
---@field points? integer frequencies of the curves; 24 when not given and more than 100 nodes; default: 60.
---@field band? number end of the band [0, band] of sup_band; default: 1.
---@field bus? matrix|table numbers of the nodes, for names; 1 to n when absent.
---@field xy? matrix|table positions n x 2 for the network panel; found from the edges when absent.
---@field group? matrix|table groups of the nodes, from 1, for the network panel.
---@field from? integer one end of the edge that tie changes; default: 1.
---@field to? integer its other end; default: 2.
---@field tie? number weight added to that edge; what is left of it must be >= 0; default: 0.
---@field node? integer the node that node_inertia and node_damping change; default: 1.
---@field node_inertia? number factor of its inertia; default: 1.
---@field node_damping? number factor of its damping; default: 1.
---@field num? matrix|table family rational: numerator of every node, n rows or one for all, ascending powers of s up to 8.
---@field den? matrix|table family rational: denominator likewise; its degree is not below the numerator's.

---network of nodes with dynamics of their own, its coherent response and how far they part
---@class dyn.swing.system: system

---@class dyn.swing.run: run
---@field coherent number the coherent response ybar: gbar applied to the mean of the disturbance
---@field coi number inertia-weighted mean, sum m_i y_i / sum m_i
---@field coherent_mhz number the coherent response, 1000 ybar/(2 pi)
---@field gap number max_i |y_i - ybar| now
---@field gap_rest number max |y_i - ybar| over nodes not disturbed
---@field coi_gap number |coi - ybar| now
---@field spread number max_i y_i - min_i y_i
---@field shape_now number value of the disturbance's shape now
---@field steady number where all nodes come to rest: sum u / sum (d_i + rinv_i)
---@field from_steady number max_i |y_i - steady|
---@field poked number 1 when angles, outputs, coherent response or shape were set by hand just now, else 0
---@field by_hand number size of power and kicks given by hand, and of changes of knobs since the start
---@field rounding number 1e-9 of the largest output and gap so far
---@field gap_max number largest gap so far
---@field gap_max_t number when the gap was largest
---@field gap_rest_max number largest gap so far of nodes not disturbed
---@field gap_rms number root of the mean of (y_i - ybar)^2 over nodes and time so far
---@field coi_gap_max number largest |coi - ybar| so far
---@field nadir number least coherent response so far
---@field nadir_t number when the coherent response was least
---@field log_w number log10 of the frequency freq in rad/s
---@field log_incoherence number log10 of the incoherence at freq
---@field incoherence number ||T(jw) - (gbar(jw)/n) 11'|| at w = freq
---@field bound number (M1 M2 + 1)^2/(|f| lambda2 - M2 - M1 M2^2) where the denominator is positive, with M1 = |gbar|, M2 = max |1/g_i|
---@field bound_half number the bound where |f| lambda2 is twice the threshold
---@field connectivity number effective connectivity |f(jw)| lambda2 at freq
---@field threshold number connectivity from which the bound applies
---@field threshold_half number twice the threshold
---@field lam2_needed number lambda2 from which the bound applies at freq
---@field gbar number size of the coherent dynamics at freq
---@field norm number largest singular value of T(jw) at freq
---@field entry_gap number largest entry of T(jw) - gbar/n 11' at freq
---@field answer_gap number max_i |(T(jw) u0)_i - gbar/n sum u0| at freq: the disturbance as a sine
---@field curve_ratio number largest incoherence/bound over the frequencies of the curves where it applies
---@field norm_max number largest ||T(jw)|| over the frequencies of the curves
---@field sup_band number largest incoherence for w in [0, band]
---@field sup_band_w number where the largest incoherence of the band is
---@field sup_axis number largest incoherence over all frequencies
---@field sup_axis_w number where the largest incoherence of all is
---@field certificate number shape exp: no node ever leaves the coherent response by more than (|u0|/pi) times the integral of incoherence |U| over w
---@field lam2 number second eigenvalue of the scaled Laplacian
---@field lam_max number largest eigenvalue of the scaled Laplacian
---@field components number connected components of the graph as it is now
---@field least_d number least damping of a node
---@field norm_limit number no ||T(jw)|| exceeds 1/min d, whatever L
---@field unlike number how far the nodes are from multiples of each other
---@field responses matrix coherent response, weighted mean, the disturbed node and the lightest others
---@field deviation matrix y_i - ybar of every node
---@field lam matrix eigenvalues of the scaled Laplacian, ascending
---@field low_modes matrix |f(jw)| times the lowest eigenvalues from lambda2 on, at freq
---@field omega matrix frequencies of the curves
---@field incoherence_at matrix incoherence at the frequencies omega
---@field bound_at matrix its bound at the frequencies omega; NaN where none applies
---@field norm_at matrix ||T(jw)|| at the frequencies omega
---@field gbar_at matrix |gbar(jw)| at the frequencies omega
---@field passes matrix frequencies of the curves at which |f| lambda2 passes the threshold, at most 4; NaN beyond them
---@field incoherence_curve matrix rows (log10 w, log10 incoherence), a row of NaN, rows (log10 w, log10 bound)
---@field answer matrix size of every node's answer to the disturbance as a sine of the frequency freq
---@field edges matrix rows (from, to, weight) of a spanning forest and the heaviest edges, at most 3 a node
---@field xy matrix positions of the nodes: given, or found from the edges
---@field group matrix groups of the nodes: given, or the connected components
---@field scale number factor of all weights of L
---@field inertia number factor of all inertias
---@field damping number factor of all damping
---@field kp number coupling f(s) = kp + ki/s: its constant part (consensus: kp = 1, ki = 0)
---@field ki number coupling f(s) = kp + ki/s: its integral part (power networks: kp = 0, ki = 1)
---@field rate number of the shapes exp and sin (rad/s)
---@field frame number time of one step of the run; exact for any length up to 300 nodes
---@field safety number rk4: its step as a part of the stability limit
---@field freq number the frequency at which transfer functions and bounds are read
---@field band number end of the band [0, band] of sup_band
---@field from integer one end of the edge that tie changes
---@field to integer its other end
---@field tie number weight added to that edge; what is left of it must be >= 0
---@field node integer the node that node_inertia and node_damping change
---@field node_inertia number factor of its inertia
---@field node_damping number factor of its damping
---@field phi matrix Block of the state.
---@field y matrix Block of the state.
---@field w matrix Block of the state.
---@field impulse matrix Block of the state.
---@field ybar matrix Block of the state.

---@class dyn.van_der_pol.options
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.
---@field mu? number strength of the nonlinear damping; large: stiff; default: 1.

---van der Pol's oscillator: a limit cycle
---@class dyn.van_der_pol.system: system

---@class dyn.van_der_pol.run: run
---@field plane_x number First variable of the plane.
---@field plane_y number Second variable of the plane.
---@field speed number Length of f(t, x).
---@field divergence number Trace of the Jacobian: relative growth of small volumes.
---@field abscissa number Largest real part of the Jacobian's eigenvalues.
---@field eigenvalues matrix Eigenvalues of the Jacobian: real and imaginary parts.
---@field jacobian matrix Derivatives of f: row i, column j is d f_i / d x_j.
---@field flow matrix f on a grid of the plane through the state, pairs (across, up) side by side; rows go up.
---@field equilibria matrix Zeros of f at this time, by Newton from many starts in the box. A row each, NaN when there are no more: the two variables of the plane, 1 stable or 0 unstable, class (1 node, 2 focus, 3 saddle, 4 centre, 5 degenerate), all variables, then real and imaginary part of each eigenvalue.
---@field x number Position.
---@field v number Velocity.
---@field mu number strength of the nonlinear damping; large: stiff

---@class net.linear.options
---@field n? integer rows of W1: input dimension; default: 5.
---@field h? integer columns of W1 and W2: hidden units; default: 20.
---@field m? integer rows of W2: output dimension; default: 3.
---@field samples? integer rows of X and Y, or measurements of loss "sensing"; default: 50.
---@field seed? integer seed of data and initial factors; default: 1.
---@field loss? "squared"|"mf"|"scalar"|"logistic"|"sensing" squared: (s/2)||Y-XW||^2; mf: X is the identity; scalar: (x-1)^2/2; logistic: labels +-1 and a ridge term; sensing: sum (<A_k,W>-y_k)^2/2; default: "squared".
---@field loss_scale? number the factor s of squared loss; default: 1.
---@field lambda? number ridge weight of logistic loss, on W; default: 0.1.
---@field X? matrix|table inputs, samples x n; generated when absent.
---@field Y? matrix|table targets, samples x m (mf: n x m; logistic: entries 1 or -1); generated when absent.
---@field A? matrix|table sensing: measurement matrices, one a row, each written out row by row.
---@field y? matrix|table sensing: the measurements, one for each row of A.
---@field inputs? "gaussian"|"orthogonal"|"spectrum"|"identity" generated X: N(0,1) entries, orthonormal columns, singular values uniform in [spectrum_low, spectrum_high], or the identity; default: "gaussian".
---@field rank? integer rank of the generated X; full when absent.
---@field spectrum_low? number inputs "spectrum": smallest singular value; default: 1.
---@field spectrum_high? number inputs "spectrum": largest singular value; default: 2.
---@field targets? "teacher"|"planted"|"initial"|"random" generated Y = X Theta + noise: Theta Gaussian, of low rank (planted), the initial W1 W2', or Y pure noise of standard deviation teacher_std (random); default: "teacher".
---@field teacher_std? number standard deviation of the entries of Theta; default: 1.
---@field teacher_rank? integer targets "planted": rank of Theta; min(n, m, h) when absent.
---@field noise? number standard deviation of the noise on generated targets; default: 0.1.
---@field W1? matrix|table initial W1, n x h; with W2.
---@field W2? matrix|table initial W2, m x h; with W1.
---@field init? "gaussian"|"xavier"|"power"|"balanced"|"imbalanced"|"near_optimal"|"explicit" initial factors: N(0,1), N(0,1/h) (xavier), N(0,h^(-2 power)), balanced (W1'W1 = W2'W2), imbalanced, a balanced factorisation of the minimiser plus N(0,1), or W1 and W2 as given; random parts times init_scale; default: "gaussian".
---@field init_scale? number factor of the random part of the initial factors; default: 1.
---@field power? number init "power": the exponent p of N(0, h^(-2p)); default: 0.375.
---@field imbalance? number init "imbalanced": ratio of the scales of W1 and W2; default: 4.
---@field c? number free constant c of the uniform bounds; default: 0.5.
---@field d? number free constant d of the uniform bounds: growth 1 + eta0^d of the step cap; default: 2.
---@field beta_norm? "spectral"|"frobenius" norm of W* in beta2: spectral as printed, frobenius as plotted; default: "spectral".
---@field eta0? number|"max"|"figure" first step of rules const, rho, rho_bar: a number, "max" (eta_max), or "figure" (0.995 eta2, as plotted: outside the theorem); default: "max".
---@field c1? number constant c1 of rule x23; default: 0.5.
---@field c2? number constant c2 of rule x23; default: 1.5.
---@field certify? "auto"|"always"|"never" which steps enter gap_bound: those that a theorem or the rule certifies at no cost (auto), every step at the price of its singular values (always), none; default: "auto".

---two-layer linear network: a convex loss of W1 W2', with local PL and smoothness constants
---@class net.linear.system: system

---@class net.linear.run: run
---@field mu number Strong convexity of the loss as a function of W, s σ_r(X)² for squared loss.
---@field K number Smoothness of the loss as a function of W, s σ_1(X)² for squared loss.
---@field gap_start number Gap at step 0.
---@field radius number Margin radius √(K/μ) ‖W(0) − W*‖_F: no state with a smaller gap is further from W*.
---@field s2min_start number σ²min(T) at step 0.
---@field s2max_start number σ²max(T) at step 0.
---@field lambda_plus number Largest eigenvalue of D(0) = W1'W1 − W2'W2, or 0 if negative.
---@field lambda_minus number Largest eigenvalue of −D(0), or 0 if negative.
---@field lambda_n number a = max(λ_n(D(0)), 0), the n-th largest eigenvalue.
---@field lambda_m number b = max(λ_m(−D(0)), 0), the m-th largest eigenvalue of −D(0).
---@field imbalance_margin number Δ = a + b: the part of the imbalance that keeps σ²min(T) away from 0.
---@field spread_plus number Δ+ = λ+ − a.
---@field spread_minus number Δ− = λ− − b.
---@field beta1 number β1 = max(0, σmin(W*) − radius), a lower bound of σmin(W) while the gap does not rise above its start.
---@field beta2 number β2 = σ_1(W*) + radius, an upper bound of σ_1(W) while the gap does not rise above its start; knob beta_norm.
---@field alpha1 number Lower bound of σ²min(T) at the start and along the flow, from D(0) and β1 (corrected for n != m); 0 when h < min(n, m).
---@field alpha2 number Upper bound of σ²max(T) at the start and along the flow, from D(0) and β2.
---@field alpha_ratio number α1/α2, 1 for a perfectly conditioned start.
---@field eta1 number Root of η K̄_0(η) = 1.
---@field eta2 number Smallest positive root of 4 K gap(0) η² = (1 − exp(−η^c))(1 − Δ(η)).
---@field eta3 number Where μ̄ vanishes: log(1 + α1/(2 α2))^(1/c).
---@field eta_max number Largest first step of the uniform theorem, min(η¹, η², η³); 0 when it says nothing.
---@field x23_alpha number x23: lower bound of σ²min(T) from D(0) and p1.
---@field x23_beta number x23: upper bound of σ²max(T) from D(0) and p2.
---@field x23_eta_max number x23: largest admissible step.
---@field eta_start number The η0 of the uniform theorem in this run: the knob eta0 for rules const, rho, rho_bar, otherwise the first step.
---@field mu_bar number μ̄ = μ [α1 − 2 α2 (exp(η0^c) − 1)], a lower bound of every μ_t.
---@field K_bar0 number K̄_t at t = 0.
---@field K_bar number K̄_t = √(2K gap(0) ρ̄0^t) + 6K²β2 gap(0) η0² Δ^t + K exp(η0^c) α2 [1 + 3 √(2K gap(0) Δ^t) η0], an upper bound of K_t.
---@field rho_bar0 number ρ̄0 = 1 − μ̄ η0 (2 − K̄_0 η0), an upper bound of every certified factor.
---@field rho_bar number ρ̄(η,t) = 1 − μ̄ η (2 − K̄_t η) at the step about to be taken.
---@field Delta number Δ = (1 + η0^d) ρ̄0.
---@field cap number Largest step that the theorem allows now, besides 1/K_t.
---@field s2min_low number Uniform lower bound of σ²min(T).
---@field s2max_high number Uniform upper bound of σ²max(T).
---@field drift_bound number 2K η0² α2 exp(η0^c) gap(0) / (1 − Δ), a bound of ‖D(t) − D(0)‖_F.
---@field uniform_bound number ρ̄0^t gap(0), the gap's bound from the start alone.
---@field s2min number σ_n(W1)² + σ_m(W2)²; values beyond a dimension are 0.
---@field s2max number σ_1(W1)² + σ_1(W2)².
---@field kappa_t number σ²max(T)/σ²min(T), the squared condition number of the layer map.
---@field sw_min number Least of the min(n, m) singular values of W.
---@field sw_max number Largest singular value of W.
---@field mu_t number Local PL constant μ σ²min(T).
---@field pl_upper number K σ²max(T), which the PL ratio cannot exceed.
---@field K_A number A = K σ²max(T) + √(2 K gap), K_t at step 0, an upper bound of the Hessian's top eigenvalue.
---@field K_B number B = 3 K σ²max(T) √(2 K gap) of K_t = A + B η + C η².
---@field K_C number C = 6 K² σ_1(W) gap of K_t = A + B η + C η².
---@field K_t number Local smoothness constant A + B η + C η² at the step about to be taken.
---@field eta_K number Step times local smoothness: below 2 the step is certified.
---@field eta_invK number Root of η K_t(η) = 1: the step 1/K_t with K_t's own dependence on η.
---@field eta_argmin number Step with the least ρ(η, t): root of 2Aη + 3Bη² + 4Cη³ = 2, never above eta_invK.
---@field rho number Certified factor 1 − μ_t η (2 − η K_t(η)) of the step about to be taken; holds when η K_t(η) < 2.
---@field rate_bound number ρ(η,t) gap, the local rate's bound of the next gap; holds when η K_t(η) < 2.
---@field descent_bound number gap − (η − K_t(η) η²/2) ‖∇L‖², the descent lemma's bound of the next gap.
---@field drift_step_bound number 2K η² σ²max(T) gap, a bound of the change of D in one step.
---@field x23_step number Step of rule x23 here.
---@field x23_factor number x23: factor 1 − a1 η + a2 η² + a3 η³ + a4 η⁴ at the step about to be taken.
---@field x23_bound number x23: f(η,t) gap, a bound of the next gap.
---@field prior_step number Step of rule prior_local here.
---@field prior_factor number Per-step rate r(η) of earlier work at the step about to be taken.
---@field prior_bound number r(η) gap, a bound of the next gap where prior_valid ≥ 0.
---@field prior_valid number σ²min − η z − ½Kη(σ²max + η z)², z = σ_1(W)‖G‖_F: r(η) holds while this is not negative.
---@field K_dir number Curvature along the gradient, ⟨g, ∇²L g⟩/‖g‖².
---@field K_eff number Effective smoothness of the next step, 2(L(t+1) − L(t) + η‖g‖²)/(η²‖g‖²), without cancellation.
---@field gap_next number Gap after the step of gradient descent about to be taken.
---@field rho_hat number Observed factor gap(t+1)/gap(t).
---@field floor number ½K(ε‖W1‖‖W2‖)²: a smaller gap is rounding, and nothing is asserted.
---@field is_gd number 1 when the stepper is plain gradient descent, else 0.
---@field is_flow number 1 when the stepper follows the gradient flow, else 0.
---@field imbalance number Frobenius norm of the imbalance D = W1'W1 − W2'W2.
---@field drift number How far the imbalance moved, ‖D(t) − D(0)‖_F; the flow conserves D.
---@field drift_rel number ‖D(t) − D(0)‖_F / σ²max(T(0)).
---@field drift_step number Change of D in the step about to be taken, exactly η²‖W2'G'G W2 − W1'G G'W1‖_F (corrected).
---@field s2min_drift number α1 − 4‖D(t) − D(0)‖_F, a lower bound of σ²min(T) from the drift itself.
---@field s2max_drift number α2 + 2‖D(t) − D(0)‖_F, an upper bound of σ²max(T) from the drift itself.
---@field window number 1 while every step, the next one included, lies in the theorem's window η0 ≤ η_t ≤ min(cap, 1/K_t) with 0 < η0 ≤ η_max.
---@field gap_bound number gap(0) times the certified factors of all steps taken (from step 0 on: corrected).
---@field loss_bound number L* plus gap_bound.
---@field flow_bound number exp(−2 μ α1 t) gap(0), the gap's bound along the gradient flow.
---@field eta_edge number 2 over the Hessian's top eigenvalue: longer steps are locally unstable.
---@field sv_w1 matrix Singular values of W1 (of V'W1 when X has not full column rank), descending.
---@field sv_w2 matrix Singular values of W2, descending.
---@field sv_w matrix Singular values of W (of V'W when X has not full column rank), descending.
---@field sv_target matrix Singular values of the minimiser W*, descending.
---@field imbalance_spectrum matrix The min(h, n + m) eigenvalues of D = W1'W1 − W2'W2 that can differ from 0, descending.
---@field W matrix The product W = W1 W2', n x m.
---@field W1 matrix The first factor, n x h.
---@field W2 matrix The second factor, m x h.
---@field W_star matrix The minimiser of the loss as a function of W, n x m (least norm).
---@field G matrix Gradient of the loss as a function of W, n x m.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field sharpness number Largest eigenvalue of the Hessian, by Lanczos on exact Hessian-vector products.
---@field edge number Sharpness times step size over 2; above 1 gradient descent is locally unstable (edge of stability).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field c number free constant c of the uniform bounds
---@field d number free constant d of the uniform bounds: growth 1 + eta0^d of the step cap
---@field beta_norm "spectral"|"frobenius" norm of W* in beta2: spectral as printed, frobenius as plotted
---@field eta0 number|"max"|"figure" first step of rules const, rho, rho_bar: a number, "max" (eta_max), or "figure" (0.995 eta2, as plotted: outside the theorem)
---@field c1 number constant c1 of rule x23
---@field c2 number constant c2 of rule x23
---@field certify "auto"|"always"|"never" which steps enter gap_bound: those that a theorem or the rule certifies at no cost (auto), every step at the price of its singular values (always), none

---@class net.lora.options
---@field m? integer outputs; default: 10.
---@field n? integer inputs; default: 10.
---@field h? integer hidden units; default: 100.
---@field r? integer rank of the corrections; default: 4.
---@field alpha? number standard deviation of the entries drawn at the start; default: 0.001.
---@field init? "lora"|"spectral"|"pretrained_top"|"pretrained_bottom"|"zero"|"explicit" start of the factors: lora (one of A, B random), spectral (along the change of target), pretrained_top and _bottom (along the frozen weights), zero, explicit; default: "lora".
---@field side? "A"|"B" factor that init = "lora" draws; the other starts at 0; default: "A".
---@field layers? "both"|"1"|"2" layers that are corrected; default: "both".
---@field seed? integer random seed; default: 1.
---@field pretrain? "exact"|"flow" frozen weights: exact (from singular vectors) or flow (by gradient flow); default: "exact".
---@field ratio? number imbalance of the frozen weights: W2 is ratio times, W1 1/ratio times their balanced form; delta = ratio^-2; default: 1.05.
---@field pretrain_tol? number loss at which pre-training by flow ends; default: 1e-24.
---@field spectrum? matrix|table singular values of Ypre, descending, with random singular vectors.
---@field Ypre? matrix|table pre-training target, m x n; standard normal when absent.
---@field W1? matrix|table frozen first layer, h x n.
---@field W2? matrix|table frozen second layer, m x h.
---@field sigma? number size of the change of target along one singular pair; default: 5.
---@field pair? number|"top"|"bottom" singular pair of Ypre that changes: top, bottom or its number; default: "top".
---@field shift? matrix|table changes of the singular values 1, 2, ... (instead of sigma and pair).
---@field tilt? number angle by which the changed singular vectors are turned away from Ypre's; default: 0.
---@field Yft? matrix|table fine-tuning target, m x n (instead of sigma, pair, shift).
---@field A1? matrix|table initial A1, r x n.
---@field B1? matrix|table initial B1, h x r.
---@field A2? matrix|table initial A2, r x h.
---@field B2? matrix|table initial B2, m x r.
---@field scale? number factor s of the corrections W + s B A; default: 1.
---@field preset? "none"|"paper_fig1"|"paper_fig4" defaults of the paper's figures: side B, and the bottom pair in paper_fig4; default: "none".

---low-rank adaptation (LoRA) of a pre-trained two-layer linear network
---@class net.lora.system: system

---@class net.lora.run: run
---@field signal number Loss in the singular spaces of the change of target, |U'E V|² / 2.
---@field noise number Loss outside those spaces, |E - UU'E VV'|² / 2.
---@field phase number Stage of the run: 0 saddle, 1 early alignment, 2 escape, 3 local convergence, 4 noise decay, 5 plateau, 6 converged, 7 solved.
---@field misalign1 number 1 - cosine between the top left singular vector of Z1 = [B1; A1'] and its direction of fastest growth; the subspace distance when that direction is not unique.
---@field misalign2 number 1 - cosine between the top left singular vector of Z2 = [B2; A2'] and its direction of fastest growth.
---@field columns1 number Least squared cosine of a column of Z1 with its direction of fastest growth.
---@field columns2 number Least squared cosine of a column of Z2 with its direction of fastest growth.
---@field subspace1 number Distance in [0, 1] of the leading singular space of Z1 from that of the growing directions.
---@field subspace2 number Distance in [0, 1] of the leading singular space of Z2 from that of the growing directions.
---@field norm1 number Spectral norm of Z1.
---@field norm2 number Spectral norm of Z2.
---@field imbalance number |Z1|F² / |Z2|F².
---@field p1 number Growth g'B1A1 v of layer 1 along its leading mode.
---@field p2 number Growth u'B2A2 g of layer 2 along its leading mode.
---@field d1 number Spectral norm of the perturbation D1 = A2'B2'E - W2'F of the linear flow of Z1.
---@field d2 number Spectral norm of the perturbation D2 = E A1'B1' - F W1' of the linear flow of Z2.
---@field imbalance_rate number Growth rate of the lead layer's share, d log(|Z|F² ratio) / dt.
---@field imbalance_rate_low number Printed lower bound 2((1-δ)λ - |D1| - |D2|) of it; false at the start, where B = 0 makes the rate 0.
---@field rate number |grad L|² / (2 L); d log L / dt = -2 times it.
---@field kmin number Least eigenvalue of the error kernel K, dE/dt = -K vec E (m n <= 400).
---@field kmax number Largest eigenvalue of the error kernel; Euler steps are stable below 2 / kmax.
---@field rate_late number Rate of the leading mode's residual, (σW2+p2)²z1 + (σW1+p1)²z2.
---@field drift1 number Relative change of B1'B1 - A1A1', which the flow conserves.
---@field drift2 number Relative change of B2'B2 - A2A2', which the flow conserves.
---@field linear_error number Relative distance of the lead layer's Z from the closed form of the linear phase, with the part that does not move.
---@field linear_error_printed number The same without the part that does not move, which the paper leaves out.
---@field pl_signal number |grad LS|² / LS of the signal part.
---@field pl_signal_low number Printed PL constant of the signal part after T1, (1-δ)λ/16.
---@field loss_curve number 2 exp(-(1-δ)λ(t-T1)/32) L(T1) + 2 LN(T1); the paper leaves the constant of the floor open, here it is the noise at T1.
---@field mode_ratio number Spectral start: largest of ℓ_i(t) over its bound exp(-(1-δ_i)λ_i(t-T1_i)/8) ℓ_i(T1_i), modes 1 to 8.
---@field off_diagonal number Largest entry of U'F V off the diagonal: 0 for a spectral start.
---@field lambda number Largest growth rate, of the lead layer.
---@field delta number Smaller over larger growth rate of the layers.
---@field lead number Layer that grows faster: 1 or 2; 0 when none grows.
---@field alpha_now number Scale of the initial entries (root mean square when the factors were given).
---@field rank number Numerical rank of the change of target.
---@field p_star number Growth at which local convergence begins, (1-δ)σ/(4σW).
---@field t_early number Time at which max(|D1|, |D2|) first exceeds α, at the run's steps.
---@field t1 number Time at which the growth first reaches p*, at the run's steps.
---@field t1_low number Printed lower bound of T1, also of the end of early alignment.
---@field t1_high number Printed upper bound of T1.
---@field t1_guess number asinh(2p*/q)/(2λ) from the exact linear phase, a few % off.
---@field error_t1 number Residual norm at T1.
---@field error_t1_high number Printed upper bound of the residual norm at T1.
---@field floor number Half the square sum of the singular values of Yft beyond the h-th: no weights get below.
---@field guide_misalign number Printed order of 1 - cos² at the end of early alignment; its constant is not known.
---@field guide_imbalance number Printed order of |Z1|²/|Z2|² at the end of early alignment; its constant is not known.
---@field guide_norm number Printed order of |Z|F² at the end of early alignment; its constant is not known.
---@field flow number 1 when the run follows the gradient flow in continuous time.
---@field escaped number 1 once the growth has reached p*.
---@field rank_one number 1 when the change of target has rank 1.
---@field lora_start number 1 when the run started at F = 0 with one of A, B zero in every layer, both layers trained.
---@field spectral_start number 1 when the factors started spectrally.
---@field modes1 matrix Length of each growing direction of layer 1 inside the range of Z1.
---@field modes2 matrix Length of each growing direction of layer 2 inside the range of Z2.
---@field kernel matrix Eigenvalues of the error kernel, ascending.
---@field residual_modes matrix Residual u_i'E v_i of each mode of the change of target.
---@field residual matrix Residual E = ΔY - F.
---@field change matrix Change F that the low-rank factors make.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field sharpness number Largest eigenvalue of the Hessian, by Lanczos on exact Hessian-vector products.
---@field edge number Sharpness times step size over 2; above 1 gradient descent is locally unstable (edge of stability).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field tilt number angle by which the changed singular vectors are turned away from Ypre's

---@class net.lora_head.options
---@field X? matrix|table inputs, samples x n; ten Gaussian classes in 30 dimensions when absent.
---@field Y? matrix|table class of each sample, 1, 2, ...; the lower half pre-trains, the upper half is learned.
---@field hidden? integer ReLU units, the features; default: 64.
---@field r? integer rank of the correction B A; default: 4.
---@field std? number standard deviation of A at the start; B starts at 0; default: 0.1.
---@field optimizer? "adam"|"sgd" adam or sgd; default: "adam".
---@field rate? number learning rate; 0.01 for adam, 0.1 for sgd when absent.
---@field batch? integer samples of one step; default: 128.
---@field pretrain_epochs? integer passes over the first half of the classes (SGD 0.1, batches of 64); default: 5.
---@field seed? integer random seed; default: 1.

---LoRA on the last layer of a small pre-trained classifier
---@class net.lora_head.system: system

---@class net.lora_head.run: run
---@field distance number Subspace distance in [0, 1] between Z = [B; A'] and T = [U; -V]/√2, U and V from the first gradient with respect to W.
---@field norm number Spectral norm of Z = [B; A'].
---@field accuracy number Share of the training samples classified rightly.
---@field test_loss number Mean cross-entropy on the samples kept apart (a fifth).
---@field test_accuracy number Share of the samples kept apart classified rightly.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field rate number learning rate; 0.01 for adam, 0.1 for sgd when absent
---@field A matrix Block of the state.
---@field B matrix Block of the state.
---@field mean_A matrix Block of the state.
---@field mean_B matrix Block of the state.
---@field square_A matrix Block of the state.
---@field square_B matrix Block of the state.

---@class net.mlp.options
---@field X? matrix|table inputs, samples x n; standard normal when absent.
---@field Y? matrix|table targets, samples x m: numbers (square), 1 and -1 (logistic, exponential), probabilities or one column of class numbers 1, 2, ... (softmax); from a random teacher when absent.
---@field n? integer inputs; default: 2.
---@field m? integer outputs (3 for softmax); default: 1.
---@field samples? integer samples; default: 50.
---@field hidden? matrix|table widths of the hidden layers, a list; {20} when absent.
---@field activation? "identity"|"relu"|"leaky"|"prelu"|"tanh"|"sigmoid"|"softplus"|"gelu" of the hidden units; default: "relu".
---@field exponent? number p of activation prelu, max(z, 0)^p; default: 2.
---@field leak? number slope of activation leaky below 0; default: 0.01.
---@field loss? "square"|"logistic"|"exponential"|"softmax" square (f-y)^2/2, logistic log(1+exp(-yf)), exponential exp(-yf), softmax cross-entropy; default: "square".
---@field mean? boolean average the loss over the samples; false: sum; default: true.
---@field biases? boolean units have biases; default: true.
---@field init? "he"|"xavier"|"gaussian" weights at the start: he N(0, 2/fan-in), xavier N(0, 1/fan-in), gaussian N(0, 1); biases 0; default: "he".
---@field init_scale? number factor of the weights at the start; default: 1.
---@field seed? integer random seed; default: 1.
---@field teacher? integer tanh units of the teacher that makes Y; default: 3.
---@field noise? number standard deviation of noise on the teacher's outputs; default: 0.
---@field loss_min? number minimum of the loss, for gap and pl; 0 for networks that can fit; default: 0.

---fully connected network of any depth, activation and loss
---@class net.mlp.system: system

---@class net.mlp.run: run
---@field accuracy number Share of samples classified rightly: largest output (softmax), sign of the output (logistic, exponential).
---@field margin number Least y f(x), or lead of the right class over the best other one.
---@field alignment_min number Least alignment of two consecutive layers, in [0, 1].
---@field stable_rank_max number Largest stable rank of a layer.
---@field imbalance_max number Largest ‖W_{l+1}'W_{l+1} − W_l W_l'‖F of two consecutive layers.
---@field node_imbalance_max number Largest node imbalance of two consecutive layers.
---@field norm_product number Product of the spectral norms.
---@field alignment matrix cos² between the top left singular vector of W_l and the top right one of W_{l+1}, l = 1, 2, …
---@field stable_rank matrix Stable rank ‖W_l‖F² / ‖W_l‖² of each layer.
---@field norms matrix Spectral norm of each layer.
---@field imbalance matrix ‖W_{l+1}'W_{l+1} − W_l W_l'‖F, l = 1, 2, …; conserved by the flow of linear networks when it is 0.
---@field node_imbalance matrix Norm over the units j of ‖W_{l+1}[:,j]‖² − ‖W_l[j,:]‖² − b_l[j]²; each term is conserved by the flow for identity, relu and leaky.
---@field outputs matrix Outputs, one sample a row.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field sharpness number Largest eigenvalue of the Hessian, by Lanczos on exact Hessian-vector products.
---@field edge number Sharpness times step size over 2; above 1 gradient descent is locally unstable (edge of stability).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field W1 matrix Block of the state.
---@field b1 matrix Block of the state.
---@field W2 matrix Block of the state.
---@field b2 matrix Block of the state.
---@field W3 matrix Block of the state.
---@field b3 matrix Block of the state.

---@class net.prelu.options
---@field X? matrix|table samples x D: your data, one sample a row; with Y, in place of the mixture.
---@field Y? matrix|table labels 1 and -1, one a sample.
---@field X_test? matrix|table samples to attack, with Y_test; training samples when absent.
---@field Y_test? matrix|table labels of X_test.
---@field centres? matrix|table K x D: cluster centres of your data, the K1 positive ones first.
---@field K1? integer positive clusters; default: 3.
---@field K2? integer negative clusters; K1 + K2 <= D; default: 3.
---@field D? integer dimensions; default: 20.
---@field per_cluster? integer samples of every cluster; default: 20.
---@field samples? integer samples in all, each of a cluster drawn uniformly; in place of per_cluster.
---@field alpha? number length of the noise: every coordinate is N(0, alpha^2/D); default: 0.1.
---@field rotate? boolean centres are a random orthonormal basis, not unit vectors; default: false.
---@field test? integer fresh samples to attack; default: 200.
---@field centre? boolean subtract the mean training sample; default: false.
---@field zero_one? boolean labels are 0 and 1: take 0 as -1; default: false.
---@field p? number exponent of the activation: v s(<x,w>)^p / |w|^(p-1); 1 is ReLU; default: 3.
---@field normalize_input? boolean divide outputs by |x|^(p-1): degree 1 in x; default: false.
---@field bias? boolean add a trained number b to the output; default: false.
---@field h? integer neurons; default: 40.
---@field init? "gaussian"|"balanced"|"nudged"|"kaiming" start: gaussian N(0, std^2); balanced, w = eps W0 and v = +-|w|; nudged, balanced after a move toward random centres; kaiming, uniform as usual layers; default: "gaussian".
---@field std? number init gaussian: standard deviation of every weight; default: 0.0001.
---@field eps? number init balanced, nudged: scale of the start; default: 0.0001.
---@field nudge? number init nudged: part of the way from the shape to a centre; default: 0.05.
---@field W0? matrix|table init balanced, nudged: shape, h x D, a neuron a row; N(0, 1) when absent.
---@field signs? matrix|table init balanced, nudged: signs of v, 1 or -1; fair coins when absent.
---@field W? matrix|table first layer at the start, h x D, a neuron a row.
---@field v? matrix|table second layer at the start, h numbers.
---@field loss? "exp"|"logistic"|"square" of z = -y f: exp e^z, logistic log(1+e^z), square (y-f)^2/2; default: "exp".
---@field reduction? "mean"|"sum" loss over the samples: mean or sum; default: "mean".
---@field rate? number stepper advance (SGD): learning rate; default: 0.2.
---@field batch? integer steppers advance and adam: samples of a mini-batch, reshuffled each epoch; 0: all; default: 0.
---@field inner? integer stepper advance: mini-batches of one step of the run; default: 1.
---@field radii? matrix|table attack radii of the curves; 13 from 0 to 0.9 when absent.
---@field radius? number attack radius of the scalar probes and of the claims; default: 0.5.
---@field attack_step? number step of the attacks; default: 0.1.
---@field zero_steps? integer steps of the attack from zero; default: 100.
---@field multi_steps? integer steps of each ascent of many starts; default: 30.
---@field climb_steps? integer steps of the ascents for the distances; default: 300.
---@field seed? integer random seed; default: 1.

---two-layer network with a power of ReLU on clusters: implicit bias and robustness
---@class net.prelu.system: system

---@class net.prelu.run: run
---@field accuracy number Share of training samples with y f(x) > 0.
---@field test_accuracy number Share of test samples with y f(x) > 0.
---@field output_max number Largest |f(x_i)|.
---@field centre_q1 number Lower quartile of the neurons' largest cosines to centres of their sign.
---@field centre_median number Median of the neurons' largest cosines to centres of their sign.
---@field centre_q3 number Upper quartile of the neurons' largest cosines to centres of their sign.
---@field average_q1 number Lower quartile of the neurons' cosines to their class average.
---@field average_median number Median of the neurons' cosines to their class average.
---@field average_q3 number Upper quartile of the neurons' cosines to their class average.
---@field dominant_centre number Median cosine of the dominant neurons to the nearest centre of their sign.
---@field dominant_average number Median cosine of the dominant neurons to their class average.
---@field dominant number Neurons with |v|‖w‖ above 1 % of the largest.
---@field covered number Centres that are the nearest of a dominant neuron.
---@field uncovered number Centres that are not the nearest of a dominant neuron.
---@field void number Neurons without a positive cosine to a centre of their sign at the start: they tend to stay small.
---@field dead number Neurons active on no training sample.
---@field deaths number Neurons that died in the last step.
---@field contribution_max number Largest contribution of a neuron.
---@field mass_min number Least mass of a cluster, the sum of |v|‖w‖ over the neurons nearest to its centre.
---@field mass_max number Largest mass of a cluster.
---@field imbalance_max number Largest |v_j² - ‖w_j‖²|; each is conserved by the flow.
---@field imbalance_step_max number Largest change of an imbalance by the next step of descent, as predicted.
---@field drift number Largest change of v_j² - ‖w_j‖² since the start, over the largest ‖w_j‖² where that is above 1.
---@field norm_change number Total rate of change of squared norms, Σ 2 <-grad_j, w_j>.
---@field direction_change number Total angular speed, Σ ‖P_w grad_j‖/‖w_j‖.
---@field stable_rank number ‖W‖F²/‖W‖².
---@field hidden_rank number Stable rank of the hidden matrix ‖w_j‖ s_ij^p.
---@field t_aligned number Time at which half of the neurons first had a cosine of 0.99 to a centre or their class average.
---@field t_grown number Time at which an output first was above 1/40.
---@field t_drop number Time at which the loss first was half its start.
---@field t_covered number Time, after the loss drop, at which every centre first had a dominant neuron.
---@field robust_at number Robust accuracy at the option radius, many starts.
---@field robust_zero_at number Robust accuracy at the option radius, attack from 0.
---@field robust_half number Robust accuracy at √2/2, many starts.
---@field robust_half_zero number Robust accuracy at √2/2, attack from 0.
---@field robust_half_low number Lower confidence limit of robust_half for fresh samples.
---@field artefact number 1 when the attack from 0 reports more at √2/2 than any classifier can have: the attack has failed, not the classifier won.
---@field scale number c = mean(f F)/mean(f²) over the test samples, F the ideal classifier of the exponent: F for p <= 2, F^(p) above.
---@field distance_f number sup |c f - F| on the unit sphere as found by ascent, a lower estimate; for p <= 2.
---@field distance_power number sup |c f - F^(p)| on the unit sphere as found by ascent, a lower estimate; for p > 1.
---@field b3_share number Robust accuracy at b3_radius, many starts.
---@field b3_upper number Upper confidence limit of b3_share for fresh samples.
---@field b3_radius number (√2 - 8ν^(1/p))/2 with the distance for ν; vacuous for ν above (√2/8)^p.
---@field b3_low number Lower bound of the share that survives b3_radius.
---@field f_test number Share of test samples that F gets right.
---@field power_right number Share of test samples that F^(p) gets right.
---@field power_upper number Upper confidence limit of power_right for fresh samples.
---@field bayes_right number Share of test samples that the Bayes classifier gets right.
---@field a4_share number Robust accuracy of F^(p) at the option radius, many starts.
---@field a4_upper number Upper confidence limit of a4_share for fresh samples.
---@field b2_share number Robust accuracy of the Bayes classifier at the option radius, many starts.
---@field b2_upper number Upper confidence limit of b2_share for fresh samples.
---@field f_right number Exact probability that F gets a fresh sample right.
---@field f_fooled number Exact probability that F is right after a push by the option radius along d0.
---@field predicted_at number Predicted robust accuracy at the option radius: of F for p < 2, of F^(p) for p > 2.
---@field a1_low number Lower bound 1 - 2exp(-D/(8α²K)) of f_right.
---@field a2_high number Upper bound 2exp(-Dρ²/(2α²K)) of f_fooled, ρ = radius √K - 1 > 0.
---@field a3_low number Lower bound 1 - 2(K+1)exp(-D/(4α²K)) of power_right.
---@field a4_low number Lower bound 1 - 2(K+1)exp(-Dδ²/(4α²K²)) of a4_share, δ = √2 - 2 radius.
---@field b1_high number max(K1,K2)/K: no classifier has more robust accuracy at √2/2.
---@field b2_low number Lower bound 1 - 2K exp(-Dν²/(64α²)) of b2_share, ν = √2 - 2 radius.
---@field b3_limit number Largest distance for which B3 says anything.
---@field inv_root_k number Distance of a centre to the nearest error of F.
---@field centre_radius number Distance of a centre to the nearest error of F^(p), 1/√(1+max(1,m^(2/p-1))), m the larger class.
---@field p_now number Exponent.
---@field alpha_now number Length of the noise.
---@field radius_now number The option radius.
---@field known number 1 when orthonormal centres are known.
---@field normalized number 1 when outputs are divided by |x|^(p-1).
---@field flow number 1 when the run follows the gradient flow in continuous time.
---@field contributions matrix Contributions of the neurons, largest first.
---@field cosine_centre matrix Largest cosine of each neuron to a centre of its sign.
---@field cosine_average matrix Cosine of each neuron to its class average.
---@field target matrix Centre of its sign with the largest positive cosine at the start, from 1; 0: void.
---@field imbalance matrix Imbalance v_j² - ‖w_j‖² of each neuron.
---@field imbalance_step matrix Change of each imbalance by the next step of descent, step² ((dL/dv_j)² - ‖grad_j‖²).
---@field mass matrix Mass of each cluster, the sum of |v|‖w‖ over the neurons nearest to its centre.
---@field radii matrix Attack radii of the curves.
---@field robust matrix Robust accuracy on the test samples at radii, many starts.
---@field robust_zero matrix Robust accuracy on the test samples at radii, attack from 0.
---@field predicted matrix Predicted curve at radii: predicted_f for p < 2, predicted_power for p > 2.
---@field predicted_f matrix Robust accuracy of F at radii, Φ((1 - r√K)/(s√K)), s = α/√D.
---@field predicted_power matrix Robust accuracy of F^(p), p > 2, and of the nearest centre at radii.
---@field marks matrix Radii that F and any classifier can withstand at a centre: 1/√K and √2/2.
---@field outputs matrix Output for each training sample.
---@field labels matrix Labels of the training samples.
---@field cosines matrix Cosines of the dominant neurons (columns, by nearest centre, then by contribution) to the class averages and the centres (rows); the other neurons come last, without a number.
---@field centres_now matrix Centres, one a row.
---@field samples_now matrix Training samples, one a row.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field rate number stepper advance (SGD): learning rate
---@field batch integer steppers advance and adam: samples of a mini-batch, reshuffled each epoch; 0: all
---@field inner integer stepper advance: mini-batches of one step of the run
---@field radius number attack radius of the scalar probes and of the claims
---@field attack_step number step of the attacks
---@field zero_steps integer steps of the attack from zero
---@field multi_steps integer steps of each ascent of many starts
---@field climb_steps integer steps of the ascents for the distances

---@class net.relu.options
---@field X? matrix|table samples x D: data, one sample a row; with Y, in place of data.
---@field Y? matrix|table labels 1 and -1, one a sample.
---@field data? "fan"|"two_points"|"cone"|"pictures" data when X is not given: fan (two arcs of unit vectors), two_points, cone, pictures (8 x 8 bars and rings); default: "fan".
---@field D? integer dimensions of data cone; 20 when absent.
---@field n_plus? integer positive samples of data fan (18 when absent) and cone (20).
---@field n_minus? integer negative samples of data fan (12 when absent) and cone (20).
---@field plus_from? number data fan: first angle of the positive class; default: -15.
---@field plus_to? number data fan: last angle of the positive class; default: 15.
---@field minus_from? number data fan: first angle of the negative class; default: 133.
---@field minus_to? number data fan: last angle of the negative class; default: 157.
---@field theta? number data two_points: (1, 0) and (sin theta, cos theta), both positive; default: 0.1.
---@field rho? number data cone: spread around the axis; mu >= (1-rho^2)/(1+rho^2); default: 0.6.
---@field samples? integer data pictures: number of images, half of each class; default: 200.
---@field centre? boolean subtract the mean sample (pictures always do); default: false.
---@field zero_one? boolean labels are 0 and 1: take 0 as -1; default: false.
---@field h? integer neurons; default: 50.
---@field init? "gaussian"|"balanced" start: gaussian N(0, std^2) in every entry, or balanced, w = eps W0 and v = +-|w|; default: "gaussian".
---@field std? number init gaussian: standard deviation; default: 1e-06.
---@field eps? number init balanced: scale of the start; default: 1e-06.
---@field W0? matrix|table init balanced: shape, h x D, a neuron a row; N(0, 1/D) when absent.
---@field signs? matrix|table init balanced: signs of v, 1 or -1; fair coins when absent.
---@field W? matrix|table first layer at the start, h x D, a neuron a row.
---@field v? matrix|table second layer at the start, h numbers.
---@field loss? "exp"|"logistic"|"logistic2"|"square" of z = -y f: exp e^z, logistic log(1+e^z), logistic2 twice that, square (y-f)^2/2; default: "exp".
---@field reduction? "sum"|"mean" loss over the samples: sum (theorems), or mean (published figures); default: "mean".
---@field leak? number slope of the activation for z <= 0; 0 is ReLU; default: 0.
---@field train_v? boolean train both layers; false: v stays as it starts; default: true.
---@field rate? number stepper advance (SGD): learning rate; 0.02/X_max (mean), 0.003/X_max (sum) when absent.
---@field batch? integer stepper advance (SGD): samples a step, reshuffled each epoch; 0: all; default: 0.
---@field width? integer columns of a sample seen as a picture; a square when absent.
---@field seed? integer random seed; default: 1.

---two-layer ReLU network from a tiny start: early alignment of its neurons
---@class net.relu.system: system

---@class net.relu.run: run
---@field accuracy number Share of samples with y f(x) > 0.
---@field output_plus number Largest |f(x_i)| of the positive class.
---@field output_minus number Largest |f(x_i)| of the negative class.
---@field output_max number Largest |f(x_i)|.
---@field align_min number Least cosine of a live neuron with x+ (v > 0) or x- (v < 0).
---@field align_median number Median cosine of the live neurons with x+ or x-.
---@field align_max number Largest cosine of a live neuron with x+ or x-.
---@field align_plus number Cosine of the mean neuron of V+ with x+.
---@field align_minus number Cosine of the mean neuron of V- with x-.
---@field plus_in_plus number Neurons with v > 0 in S+: active on the whole positive class and on nothing else.
---@field plus_in_minus number Neurons with v > 0 in S-.
---@field plus_dead number Neurons with v > 0 that are active on no sample.
---@field plus_none number Neurons with v > 0 in no cone: stragglers.
---@field minus_in_plus number Neurons with v < 0 in S+.
---@field minus_in_minus number Neurons with v < 0 in S-: active on the whole negative class and on nothing else.
---@field minus_dead number Neurons with v < 0 that are active on no sample.
---@field minus_none number Neurons with v < 0 in no cone: stragglers.
---@field in_plus number Neurons in S+.
---@field in_minus number Neurons in S-.
---@field dead number Neurons active on no sample; first where that is a cone as well.
---@field none number Neurons in no cone.
---@field astray number Neurons neither dead nor in the cone of their sign.
---@field norm_min number Least norm of a neuron.
---@field norm_max number Largest norm of a neuron.
---@field w_sq_max number Largest squared norm of a neuron.
---@field fit_plus_sq number Sum of squared norms of the neurons in S+.
---@field fit_minus_sq number Sum of squared norms of the neurons in S-.
---@field imbalance_max number Largest |v_j² - ‖w_j‖²|; each is conserved by the flow.
---@field imbalance_step_max number Largest change of an imbalance by the next step of descent, as predicted.
---@field drift number Largest change of v_j² - ‖w_j‖² since the start, over the largest ‖w_j‖² where that is above 1.
---@field unbalance number Largest | |v_j|/‖w_j‖ - 1 | of a neuron that is not zero; 0 from a balanced start, and a sign of a coarse integrator otherwise.
---@field sign_flips number Neurons whose v_j has another sign than at the start.
---@field norm_change number Total rate of change of squared norms, Σ 2 <-grad_j, w_j>.
---@field direction_change number Total angular speed, Σ ‖P_w grad_j‖/‖w_j‖.
---@field deaths number Neurons that died in the last step.
---@field pattern_changed number 1 when the last step changed which neurons are active on which samples (by a 52-bit digest).
---@field pattern_regress number Pairs of neuron and sample that lost what V+ (V-) only gains, activity on the positive (negative) class, or gained what it only loses, since the start.
---@field xa_ratio number Least ‖x_a(w)‖ over n_a(w) X_min of a neuron that is active.
---@field turn_error number Largest distance of a direction's velocity (summed-loss time, |v| = ‖w‖) from sign(v) P_w x_a(w).
---@field stable_rank number ‖W‖F²/‖W‖².
---@field w_top_sq number Largest squared singular value of W.
---@field w_fro_sq number Squared Frobenius norm of W.
---@field rank_high number Upper bound 2‖W‖² + 4√h ε W_max² of ‖W‖F² after alignment.
---@field t_cones number Time at which every neuron was first dead or in the cone of its sign.
---@field t_aligned number Time at which the median cosine of the live neurons first was 0.99 or more.
---@field t_grown number Time at which an output first was above 1/40, a tenth of what t2 asks for.
---@field t_drop number Time at which the loss first was half its start.
---@field t2 number Time by which an output above 1/4 has been seen on both classes.
---@field t_cones_so_far number t_cones once it is known, before that the time now.
---@field t2_so_far number t2 once it is known, before that the time now.
---@field envelope number L(t2)/(L(t2) α (t-t2) + 1), from t2 on.
---@field fit_sq_low number Lower bound 1/(4X_max) of the squared norms in S+, and of those in S-, after t2.
---@field mu number Least cosine of y_i x_i and y_k x_k: orthogonally separable when > 0.
---@field correlated number Share of pairs of samples with y_i y_k <x_i, x_k> > 0.
---@field x_min number Least norm of a sample.
---@field x_max number Largest norm of a sample.
---@field zeta1 number Least cos²(x+, x_i), cos²(x-, x_i).
---@field zeta2 number 1 - c², c the largest cosine of a neuron at the start with the other class's sum (0 at least).
---@field zeta number min(ζ1, ζ2).
---@field xi number Constant ξ = μ².
---@field t1 number Bound of the time of alignment, 16 log n/(min(ζ,ξ)√μ X_min); for n <= 2 the harmonic form.
---@field t1_harmonic number Tighter bound 4(2H_n + 1/2)/(min(ζ,ξ)√μ X_min).
---@field window number Time log(1/(√h ε))/(4nX_max) during which neurons stay small.
---@field t2_high number Upper bound of t2.
---@field eps_now number Scale of the balanced start.
---@field eps_limit number Largest scale 1/(4√h X_max W_max²) for the bounds of the small neurons.
---@field eps_log10 number Decimal logarithm of the scale.
---@field eps_required_log10 number Decimal logarithm of the largest scale for which the theorem is proved.
---@field alpha number Rate of the envelope: (μX_min)²/(32X_max), four times that for the exponential loss.
---@field xa_low number Lower bound √μ of ‖x_a(w)‖/(n_a X_min).
---@field w_sq_high number Upper bound 2εW_max²/√h of ‖w_j‖² until T.
---@field output_high number Upper bound 2ε√h X_max W_max² of |f(x_i)| until T.
---@field turn_error_high number Upper bound 4εn√h X_max² W_max² of the direction error until T.
---@field time number Time of the run.
---@field flow number 1 when the run follows the gradient flow in continuous time.
---@field balanced number 1 when the start has |v_j| = ‖w_j‖ for all j.
---@field proper_loss number 1 for losses exp and logistic2 with both layers trained: those of the proofs.
---@field both_trained number 1 when v is trained as well as W.
---@field leak_now number Slope of the activation below 0; 0 for ReLU.
---@field close_to_flow number 1 for the gradient flow and for descent with steps up to 0.003/X_max (summed loss) or 0.02/X_max (mean).
---@field after_t2 number 1 from t2 on.
---@field in_cones number 1 once every neuron has been in its cone.
---@field cosine matrix Cosine of each neuron with x+ (v > 0) or x- (v < 0).
---@field norms matrix Norm of each neuron.
---@field imbalance matrix Imbalance v_j² - ‖w_j‖² of each neuron.
---@field imbalance_step matrix Change of each imbalance by the next step of descent, step² ((dL/dv_j)² - ‖grad_j‖²).
---@field cone matrix Cone of each neuron: 0 dead, 1 S+, 2 S-, 3 none.
---@field outputs matrix Output for each sample.
---@field labels matrix Labels.
---@field samples matrix Samples, one a row.
---@field axes matrix x+ and x-, the sums of the classes, one a row.
---@field sectors matrix D = 2: angles from and to of S+, S- and S_dead.
---@field pattern matrix 1 where neuron (column) is active on sample (row).
---@field mean_x_plus matrix Mean of the positive samples, as a picture.
---@field mean_x_minus matrix Mean of the negative samples, as a picture.
---@field mean_w_plus matrix Mean neuron of V+, as a picture.
---@field mean_w_minus matrix Mean neuron of V-, as a picture.
---@field loss number The loss L(x).
---@field gap number Loss minus its known minimum, L(x) − L*, without cancellation where the system knows how.
---@field grad_norm number Euclidean norm of the gradient, ‖∇L(x)‖.
---@field pl number Local Polyak-Łojasiewicz ratio ‖∇L‖² / (2 (L − L*)).
---@field descent number Observed over predicted decrease of the next gradient-descent step, (L(x) − L(x − η∇L)) / (η ‖∇L‖²); 1 to first order.
---@field rate number stepper advance (SGD): learning rate; 0.02/X_max (mean), 0.003/X_max (sum) when absent
---@field batch integer stepper advance (SGD): samples a step, reshuffled each epoch; 0: all

---@class safety.critic.options
---@field plant? "pendulum"|"integrator"|"robot"|"table" what must stay safe: an inverted pendulum (|angle| < pi/2), a double integrator (|x| < 1), a robot in a room, or a table of transitions; default: "pendulum".
---@field next? matrix|table plant "table": next[s][a], the state (from 1) after action a in state s.
---@field unsafe? matrix|table plant "table": the failure states, a list of numbers from 1.
---@field box? matrix|table plant "table": its first states are the cells of this box, rows {low, high}, one an axis.
---@field cells? matrix|table plant "table": cells along each axis of the box, the last one runs fastest; without it N x M.
---@field wrap? matrix|table plant "table": for each axis 1 where its ends meet (an angle), else 0.
---@field axes? string plant "table": what the axes of the box are called: "x,v".
---@field plane? matrix|table which two axes of the state are drawn: {1, 2}.
---@field slice? integer of more than two axes: which cell of the others is drawn, from 1; 0: the middle; default: 0.
---@field N? integer cells along the first axis; 0: 101, robot 21; default: 0.
---@field M? integer cells along the second axis; 0: as many as along the first; default: 0.
---@field actions? integer actions, evenly from -1 to 1; 0: 5, robot 8; default: 0.
---@field hold? integer steps of the plant that one action of the grid lasts; default: 1.
---@field snap? "nearest"|"inner"|"outer" where a cell's successor lands: in the nearest cell, or on the four around it of which all (inner) or one (outer) must be safe; default: "nearest".
---@field dt? number time of one step of the plant; default: 0.05.
---@field amax? number largest torque of the pendulum; default: 2.
---@field gravity? number gravity on the pendulum; default: 10.
---@field mass? number mass of the pendulum; default: 1.
---@field length? number length of the pendulum; default: 1.
---@field vmax? number largest speed: edge of the second axis; 0: 8, integrator 2.2; default: 0.
---@field force? boolean allow more than 4 million pairs; default: false.
---@field seed? integer random seed; default: 1.
---@field critic? "network"|"table" a network over the state, or a table over the cells of the grid; default: "network".
---@field labels? "two_sided"|"one_sided" what the network is fitted to beside the axioms: all transitions, or only those labelled unsafe as published (drifts at this size); default: "two_sided".
---@field width? integer units of each of the two tanh layers; default: 32.
---@field rounds? integer rounds of episodes, labels and fits; default: 15.
---@field episodes? integer episodes of a round; of a step of the table; default: 10.
---@field horizon? integer steps of an episode at most; default: 200.
---@field batch? integer minibatch; default: 128.
---@field steps? integer minibatches of a pass between labels; default: 500.
---@field passes? integer passes of a round at most, while a label is predicted wrongly; default: 3.
---@field inner? integer minibatches of one step of the run; default: 25.
---@field rate? number step size of Adam at the first episode; default: 0.001.
---@field rate_end? number step size of Adam at the last episode; default: 0.001.
---@field axioms? boolean axiomatic data: all actions are safe on a lattice around axiom_at, or in the states of axiom; default: true.
---@field axiom? matrix|table axiomatic states, a row each, instead of the lattice.
---@field axiom_at? matrix|table middle of that lattice; pendulum and integrator: rest, robot: the left corridor, a table of your own: without it there is no lattice.
---@field axiom_x? number half the width of that lattice along the first axis; pendulum and integrator 0.1, robot 0.2, else a cell.
---@field axiom_v? number half the width of that lattice along the second axis; 0.2, else a cell. Along further axes a cell, or all of an angle.
---@field axiom_side? integer points of that lattice along each axis; default: 5.
---@field prefit? number loss on the axioms at which the episodes begin; default: 0.001.
---@field bias? number bias of the outputs at the start; 6 without axioms: the spurious fixed point; default: 0.
---@field explore? number probability of an even choice among the actions held safe; else the safest; default: 1.
---@field from? matrix|table where the trajectory that is drawn begins.

---binary safety critic learned from episodes, as a network with axiomatic data or as a table
---@class safety.critic.system: system

---@class safety.critic.run: run
---@field safe number cells whose middle the critic holds safe
---@field missed number cells held safe that are doomed: the dangerous error
---@field over_cautious number cells held unsafe that can be kept safe
---@field iou number safe cells of critic and truth: intersection over union; the network is held against the plant's own map, the table against the grid
---@field iou_grid number the same against the maximal safe set of the grid
---@field truth_safe number cells that can be kept safe
---@field missed_pairs number pairs of the grid held safe though they doom it
---@field changes number pairs of the grid that the operator would change
---@field residual number share of the grid's pairs with b != Tb
---@field above number pairs of the grid held unsafe though they are safe
---@field order_breaks number pairs with T min(b, b*) > T b: none, T is monotone
---@field distance number largest difference to the grid's least fixed point
---@field distance_next number the same after one application of T
---@field witness number distance of T b* and T 1; of b* and 1 it is at most 1
---@field spurious_moves number share of pairs that T changes in b = 1
---@field grid_safe number states of the grid's maximal safe set
---@field entropy number of the policy uniform over what is held safe, mean over the cells that can be kept safe, base m: 1 is uniform
---@field safety_rate number share of 64 episodes of 200 steps without failure from states that can be kept safe
---@field failures number episodes so far that ended in failure
---@field episodes_done number episodes so far
---@field round number rounds finished
---@field stored number transitions seen; the buffer keeps the latest
---@field labelled_unsafe number transitions of the buffer with label 1
---@field right number share of the data predicted as labelled, when last labelled
---@field fit_loss number mean cross-entropy of the latest minibatches
---@field axioms_left number axiomatic pairs that the network held unsafe when last labelled
---@field axiom_pairs number pairs of the axiomatic data
---@field contradicted number axiomatic pairs that doom the system
---@field is_network number 1 for the network, 0 for the table
---@field held_safe number pairs that the critic holds safe, on the grid and in the data
---@field critic matrix min_a b(s,a) over the plane, of the network as a probability: below 1/2 is safe
---@field error matrix -1 missed unsafe, 1 over-cautious, 0 right
---@field exact matrix the truth: 0 safe, 1 doomed
---@field b_first matrix the critic for the first action
---@field b_middle matrix the critic for the action in the middle
---@field b_last matrix the critic for the last action
---@field data matrix rows (x, y, 1 safe or -1 unsafe): the latest 150 transitions with their labels
---@field path matrix rows (x, y): the plant under the present policy
---@field slice integer of more than two axes: which cell of the others is drawn, from 1; 0: the middle
---@field rate number step size of Adam at the first episode
---@field rate_end number step size of Adam at the last episode
---@field explore number probability of an even choice among the actions held safe; else the safest
---@field W1 matrix Block of the state.
---@field b1 matrix Block of the state.
---@field W2 matrix Block of the state.
---@field b2 matrix Block of the state.
---@field W3 matrix Block of the state.
---@field b3 matrix Block of the state.
---@field moments matrix Block of the state.
---@field work matrix Block of the state.
---@field buffer matrix Block of the state.

---@class safety.kernel.options
---@field plant? "pendulum"|"integrator"|"robot"|"table" what must stay safe: an inverted pendulum (|angle| < pi/2), a double integrator (|x| < 1), a robot in a room, or a table of transitions; default: "pendulum".
---@field next? matrix|table plant "table": next[s][a], the state (from 1) after action a in state s.
---@field unsafe? matrix|table plant "table": the failure states, a list of numbers from 1.
---@field box? matrix|table plant "table": its first states are the cells of this box, rows {low, high}, one an axis.
---@field cells? matrix|table plant "table": cells along each axis of the box, the last one runs fastest; without it N x M.
---@field wrap? matrix|table plant "table": for each axis 1 where its ends meet (an angle), else 0.
---@field axes? string plant "table": what the axes of the box are called: "x,v".
---@field plane? matrix|table which two axes of the state are drawn: {1, 2}.
---@field slice? integer of more than two axes: which cell of the others is drawn, from 1; 0: the middle; default: 0.
---@field N? integer cells along the first axis; 0: 101, robot 21; default: 0.
---@field M? integer cells along the second axis; 0: as many as along the first; default: 0.
---@field actions? integer actions, evenly from -1 to 1; 0: 5, robot 8; default: 0.
---@field hold? integer steps of the plant that one action of the grid lasts; default: 1.
---@field snap? "nearest"|"inner"|"outer" where a cell's successor lands: in the nearest cell, or on the four around it of which all (inner) or one (outer) must be safe; default: "nearest".
---@field dt? number time of one step of the plant; default: 0.05.
---@field amax? number largest torque of the pendulum; default: 2.
---@field gravity? number gravity on the pendulum; default: 10.
---@field mass? number mass of the pendulum; default: 1.
---@field length? number length of the pendulum; default: 1.
---@field vmax? number largest speed: edge of the second axis; 0: 8, integrator 2.2; default: 0.
---@field force? boolean allow more than 4 million pairs; default: false.
---@field seed? integer random seed; default: 1.
---@field operator? "binary"|"distance" binary Bellman operator, or the discounted signed-distance critic q (safe where q > 0); default: "binary".
---@field gamma? number discount of the signed-distance critic; default: 1.
---@field h? matrix|table signed distance of every state of a table, > 0 outside the failure set and <= 0 on it.
---@field start? "zero"|"one"|"given" the critic at the start: all safe, all unsafe, or b; default: "zero".
---@field b? matrix|table start "given": the critic, n x m numbers 0 (safe) and 1.
---@field update? "sweep"|"async" a step: one sweep over all pairs, or `samples` one-sided updates b = max(b, Tb) of random pairs with b = 0; default: "sweep".
---@field samples? integer update "async": pairs a step; default: 1000.
---@field axioms? "none"|"block"|"given" pairs held at 0, known to be safe: none, all actions of a block of cells around rest, or axiom; default: "none".
---@field axiom? matrix|table axioms "given": rows (state, action), from 1.
---@field axiom_x? number axioms "block": half its width along the first axis; default: 0.1.
---@field axiom_v? number axioms "block": half its width along the second axis; default: 0.2.
---@field from? matrix|table where the trajectory that is drawn begins.
---@field drive? "inner"|"critic" what drives that trajectory: the inner bracket's critic, which leaves a margin, or the critic itself; default: "inner".

---maximal safe set of a finite system: the binary Bellman operator swept to its fixed points, the exact set beside it
---@class safety.kernel.system: system

---@class safety.kernel.run: run
---@field safe number states that the critic holds safe, min_a b(s,a) = 0
---@field safe_pairs number pairs that the critic holds safe, b(s,a) = 0
---@field unsafe_states number states with min_a b = 1, failure included
---@field truth_safe number states of the maximal safe set of the finite system
---@field truth_pairs number pairs with b*(s,a) = 0
---@field exact_safe number cells whose centre the plant's own map can keep safe
---@field missed number states held safe that are doomed: the dangerous error
---@field over_cautious number states held unsafe that could be kept safe
---@field iou number safe sets of critic and truth: intersection over union
---@field iou_exact number the same against the plant's own map
---@field residual number share of pairs that the operator would change, b != Tb
---@field changes number pairs that the operator would change
---@field fixed_point number 0 spurious (b = 1), 1 maximal, 2 between, -1 not a fixed point
---@field stuck number safe states without a successor that is safe
---@field entering number states outside the safe set and G with a successor in it
---@field order_breaks number pairs with T min(b, b*) > T b: none, T is monotone
---@field distance number largest difference to the least fixed point
---@field distance_next number the same after one more application
---@field above number pairs held unsafe though they are safe
---@field below number pairs held safe though they doom the system
---@field witness number distance of T b* and T 1; of b* and 1 it is at most 1
---@field spurious_moves number share of pairs that T changes in b = 1
---@field truth_moves number share of pairs that T changes in b*
---@field components number strongly connected components with a cycle outside the failure set
---@field fixed_points number how many fixed points T has
---@field sweeps number sweeps from b = 0 to b*, the last changes nothing
---@field self_loops number share of the pairs outside G that stay in their state
---@field axiom_pairs number pairs held at 0
---@field contradicted number axiomatic pairs with b* = 1
---@field axioms_left number axiomatic pairs that T would set to 1: their successor is not safe
---@field other_operator number 0 for T with one successor a pair, else 1
---@field other_than_distance number 0 for the signed-distance operator from q = h, else 1
---@field not_from_zero number 0 when the critic starts at b = 0, else 1
---@field not_from_one number 0 when the critic starts at b = 1, else 1
---@field critic matrix min_a b(s,a) over the plane: 0 safe, 1 unsafe; q: max_a
---@field truth matrix the maximal safe set: 0 safe, 1 unsafe
---@field exact matrix the plant's own map without a grid: 0 safe, 1 unsafe; the grid's truth where the plant has none
---@field layer matrix sweep from b = 0 in which a state falls; 0: never
---@field b_first matrix the critic for the first action
---@field b_middle matrix the critic for the action in the middle
---@field b_last matrix the critic for the last action
---@field axiom_points matrix rows (x, y, 1) of the states with axiomatic pairs
---@field path matrix rows (x, y): the plant, or the cells of a table, under a policy uniform over the actions held safe
---@field slice integer of more than two axes: which cell of the others is drawn, from 1; 0: the middle

---@class dash.options
---@field layout? string|string[] panels, for example "v(h(trace(loss), claims):2, console:=8)"; or a list of up to 9.
---@field plots? table<string, plot> plots by name for the panel plot(show=name): plots={phases=p}.
---@field sync? "step"|"time"|"loss" several runs keep pace by step, by time or by loss level.
---@field speed? number|"max" how fast a run goes: steps per frame, 30 frames a second.
---@field run? boolean begin running at once.
---@field flow? boolean show the gradient flow beside a descent, at matched time.
---@field mouse? boolean clicks choose panels (and no longer select text).
---@field glyphs? "braille"|"quadrant"|"ascii" characters that curves are made of.
---@field colors? "mono"|"16"|"256" how many colors at most.
---@field record? string write a recording (asciicast) to this file.

---@class data.linear.options
---@field n? integer input dimension: columns of X; default: 5.
---@field m? integer output dimension: columns of Y; default: 3.
---@field samples? integer rows of X and Y; n with inputs "identity"; default: 50.
---@field seed? integer seed of X, teacher and noise; default: 1.
---@field inputs? "gaussian"|"orthogonal"|"spectrum"|"identity" X: N(0,1) entries, orthonormal columns, singular values uniform in [spectrum_low, spectrum_high], or the identity; default: "gaussian".
---@field spectrum_low? number inputs "spectrum": smallest singular value; default: 1.
---@field spectrum_high? number inputs "spectrum": largest singular value; default: 2.
---@field targets? "teacher"|"random" Y = X theta + noise with a Gaussian theta, or noise of standard deviation teacher_std alone; default: "teacher".
---@field teacher_std? number standard deviation of the entries of theta; default: 1.
---@field noise? number standard deviation of the noise; default: 0.1.

---@class dict.path.options
---@field method? "cd"|"fista"|"omp" coordinate descent, FISTA, or orthogonal matching pursuit; default: "cd".
---@field l1? number penalty of sum |c|; default: 0.0095.
---@field l2? number penalty of sum c^2 / 2; default: 0.0005.
---@field nonneg? boolean weights may not be negative; default: false.
---@field k? integer OMP: atoms at most; default: 10.
---@field tol? number relative duality gap to stop at (1e-8); OMP: residual, of |v| (0); default: 1e-8.
---@field max? integer sweeps or iterations at most; default: 100000.
---@field screen? boolean drop atoms that are surely zero; default: true.
---@field count? integer dict.path: values of l1; default: 100.
---@field ratio? number dict.path: least l1, of the one from which all weights are zero; default: 0.001.

---@class dict.solve.options
---@field method? "cd"|"fista"|"omp" coordinate descent, FISTA, or orthogonal matching pursuit; default: "cd".
---@field l1? number penalty of sum |c|; default: 0.0095.
---@field l2? number penalty of sum c^2 / 2; default: 0.0005.
---@field nonneg? boolean weights may not be negative; default: false.
---@field k? integer OMP: atoms at most; default: 10.
---@field tol? number relative duality gap to stop at (1e-8); OMP: residual, of |v| (0); default: 1e-8.
---@field max? integer sweeps or iterations at most; default: 100000.
---@field screen? boolean drop atoms that are surely zero; default: true.
---@field count? integer dict.path: values of l1; default: 100.
---@field ratio? number dict.path: least l1, of the one from which all weights are zero; default: 0.001.

---@class dict.synthetic.options
---@field dim? integer length of the vectors; default: 64.
---@field n? integer concepts; default: 32.
---@field groups? integer groups of concepts; default: 1.
---@field rho? number expected cosine across groups; default: 0.3.
---@field rho_group? number expected cosine within groups; default: 0.
---@field stimuli? integer stimuli of each concept; default: 30.
---@field sigma? number noise of a stimulus; default: 0.5.
---@field kappa? number part of another concept in a stimulus; default: 0.
---@field mix? integer concepts in the source; default: 5.
---@field snr? number noise below |v|; 300 or more: none; default: 20.
---@field seed? integer seed; default: 1.

---@class dyn.gradient.options
---@field loss function function(x, p) -> number.
---@field gradient? function function(x, g, p): sets g; differences when absent.
---@field names? table list: what the variables are called.
---@field params? table table name = number: p.name inside loss, a knob of the run.
---@field loss_min? number least value of the loss, for gap and pl.
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.

---@class dyn.ode.options
---@field f function function(t, x, dx, p): sets dx.
---@field jacobian? function function(t, x, J, p): sets J[i][j] = d f_i / d x_j; differences when absent.
---@field names? table list: what the variables are called.
---@field params? table table name = number: p.name inside f, a knob of the run.
---@field x0? matrix|table state at the start, one number a variable.
---@field plane? matrix|table numbers of the two variables that span the phase portrait.
---@field box? matrix|table where equilibria are sought and the field is drawn: lowest and highest value of each variable, a row each.
---@field grid? integer points of the field along each side; default: 32.

---@class graph.cluster.options
---@field k? integer groups; 0: from the largest ratio lambda_{k+1}/lambda_k, k = 2 to 12; default: 0.
---@field method? "auto"|"sign"|"bach-jordan"|"plain"|"rows"|"inertia" auto is sign for two groups, else bach-jordan; default: "auto".
---@field seed? integer of the first centres of k-means; default: 1.
---@field restarts? integer of k-means; default: 20.
---@field m? matrix|table method inertia: inertia of every node > 0.
---@field truth? matrix|table true group of every node, from 1; block models know theirs.

---@class graph.geometric.options
---@field n? integer nodes, uniform in the unit square; default: 100.
---@field radius? number points nearer than this are joined; default: 0.15.
---@field weight? number weight of every edge; default: 1.
---@field seed? integer seed of the draw; default: 1.

---@class graph.grid.options
---@field mode? "linearized"|"flat"|"dc" branch weights: of the linearised power flow, of flat voltages, or 1/x; default: "linearized".
---@field internal? boolean one node per machine behind its transient reactance, instead of machine buses; default: false.
---@field f0? number nominal frequency; 0: the grid's own; default: 0.

---@class graph.random.options
---@field n? integer nodes; default: 50.
---@field p? number probability of every edge; default: 0.1.
---@field weight? number weight of every edge; default: 1.
---@field seed? integer seed of the draw; default: 1.

---@class graph.sbm.options
---@field sizes matrix|table nodes of every group: a list.
---@field Q matrix|table k x k symmetric: probability of an edge between two groups.
---@field W? matrix|table k x k symmetric: weight of such an edge; 1 when not given.
---@field shuffle? boolean nodes in random order instead of blocks; default: false.
---@field seed? integer seed of the draw; default: 1.

---@class plot.options
---@field x? "step"|"time"|"linear"|"log" horizontal axis: steps or time of a run; linear or logarithmic.
---@field logx? boolean logarithmic horizontal axis (for x="time"); default: false.
---@field y? "auto"|"linear"|"log" vertical axis; auto: as the probe asks for; default: "auto".
---@field bounds? boolean draw the recorded bounds of the probes dashed; done by itself for a single probe.
---@field ghost? run|run[] a run, or a list of runs, drawn faint behind the others.
---@field kind? "line"|"points"|"steps"|"bars"|"band" how values are drawn.
---@field name? string|string[] name of the curve in the legend, or a list of names.
---@field title? string title above the plot.
---@field xlabel? string label of the horizontal axis.
---@field ylabel? string label of the vertical axis.
---@field xmin? number left end of the axis.
---@field xmax? number right end of the axis.
---@field ymin? number lower end of the axis.
---@field ymax? number upper end of the axis.
---@field floor? number values below are rounding: the region is shaded.
---@field marks? boolean show turned knobs and markers of a run as vertical lines; default: true.
---@field samples? integer points at which a function is evaluated; default: 400.
---@field width? integer width at the prompt.
---@field height? integer height at the prompt.

---@class plot.save.options
---@field width? number|"column"|"wide"|"page" width of the figure, or that of a journal's column (86 mm), of one and a half (130) or of the page (178); default: "wide".
---@field height? number height of the figure; 0.65 times the width unless given.
---@field dpi? number resolution of a .png; default: 300.
---@field font? string family of the letters; default: DejaVu Sans.
---@field size? number size of labels; titles, ticks and margins follow; default: 8.
---@field line? number width of curves; default: 1.2.
---@field marker? number radius of markers; default: 2.1.
---@field palette? "okabe"|"tol"|"print" colours of curves: Okabe and Ito's, Tol's bright ones, or greys; default: "okabe".
---@field heat? "viridis"|"cividis"|"grey"|"balance" colours of a heat; balance is blue, white and red; default: "viridis".

---@class robust.accuracy.options
---@field norm? "l2"|"linf" ball of the attack; default: "l2".
---@field step? number length of a step (l2), of every entry (linf); default: 0.1.
---@field steps? integer steps of an ascent; 100 from zero, 30 from many starts when absent.
---@field guard? number added to a gradient's length; default: 1e-12.
---@field starts? "zero"|"many" zero: one ascent, its end decides; many: also other starts, any error decides; default: "many".
---@field random? integer random starts of length radius, without known centres; default: 5.
---@field low? matrix|table least values of attacked samples, one number or D; with high.
---@field high? matrix|table largest values of attacked samples.
---@field seed? integer seed of random starts; default: 1.

---@class robust.attack.options
---@field norm? "l2"|"linf" ball of the attack; default: "l2".
---@field step? number length of a step (l2), of every entry (linf); default: 0.1.
---@field steps? integer steps of an ascent; 100 from zero, 30 from many starts when absent.
---@field guard? number added to a gradient's length; default: 1e-12.
---@field starts? "zero"|"many" zero: one ascent, its end decides; many: also other starts, any error decides; default: "many".
---@field random? integer random starts of length radius, without known centres; default: 5.
---@field low? matrix|table least values of attacked samples, one number or D; with high.
---@field high? matrix|table largest values of attacked samples.
---@field seed? integer seed of random starts; default: 1.

---@class run.options
---@field stepper? string how the state moves; help('steppers') lists them.
---@field record? string[] list of the probes to record; the system's own list when absent.
---@field every? integer sample recorded probes and claims each so many steps; 0: as often as keeps probes cheaper than stepping; default: 0.
---@field name? string name of the run, for messages and the tree of forks.
---@field history? number memory for checkpoints (time travel); default: 64.
---@field bins? integer bins per recorded series; resolution halves when they are full; default: 4096.
---@field rule? string how the step size is chosen; the system's default rule when absent.
---@field step? number step size of rule const; assigning it switches to that rule.
---@field tau? number backtracking: factor by which a trial step shrinks; default: 0.5.
---@field gamma? number backtracking: part of the predicted decrease that must be seen; default: 0.5.
---@field eta_bt? number backtracking: first trial step; default: 1.
---@field momentum? number part of the last move that is added to the next; default: 0.9.
---@field beta1? number memory of the mean of gradients; default: 0.9.
---@field beta2? number memory of the mean of their squares; default: 0.999.
---@field eps? number added to the root of the mean square; default: 1e-08.
---@field inner? integer updates of one step of the run; default: 1.
---@field reference? boolean follow the trajectory with tight tolerances too and show the error; default: false.
---@field method? "rk8pd"|"rkf45"|"rkck"|"rk4"|"rk2"|"adams"|"bdf" rk8pd 8(9), rkf45 4(5), rkck 4(5), rk4 and rk2: explicit; adams, bdf: multistep methods of CVODE, bdf for stiff problems; default: "rk8pd".
---@field rtol? number relative tolerance of one step; default: 1e-08.
---@field atol? number absolute tolerance of one step; default: 1e-12.
---@field h0? number first trial step (adams and bdf choose it unless it is given); default: 0.0001.
---@field hmax? number longest step; default: inf.
---@field dt? number time between the states of the run; 0: each step of the integrator; default: 0.
---@field section? string a step ends where this crosses section_value: a variable, its position, or a plane such as x - 0.5*z, theta[1] - theta[2].
---@field section_value? number value of the section; default: 0.
---@field section_way? "both"|"up"|"down" crossings that count: up (rising), down, both; default: "both".
---@field [string] any A knob of the stepper or of its rule.

---@class style.options
---@field width? number|"column"|"wide"|"page" width of the figure, or that of a journal's column (86 mm), of one and a half (130) or of the page (178); default: "wide".
---@field height? number height of the figure; 0.65 times the width unless given.
---@field dpi? number resolution of a .png; default: 300.
---@field font? string family of the letters; default: DejaVu Sans.
---@field size? number size of labels; titles, ticks and margins follow; default: 8.
---@field line? number width of curves; default: 1.2.
---@field marker? number radius of markers; default: 2.1.
---@field palette? "okabe"|"tol"|"print" colours of curves: Okabe and Ito's, Tol's bright ones, or greys; default: "okabe".
---@field heat? "viridis"|"cividis"|"grey"|"balance" colours of a heat; balance is blue, white and red; default: "viridis".

---@class sweep.options
---@field grid? table<string, any[]> name -> list of values: all combinations.
---@field list? table[] list of tables name -> value.
---@field random? table<string, table> name -> {low, high [, "log" or "int"]}: n points drawn from it.
---@field latin? table<string, table> the same: n points of a Latin hypercube.
---@field seeds? integer|integer[] how many (1, 2, …), or a list of them; default: 1.
---@field run fun(p: table, g: rng): any function of parameters and stream that gives a run or a table.
---@field stop? table|fun(p: table): table how far the run goes, as for r:go; or a function of the parameters that gives it.
---@field row? fun(r: any, p: table, g: rng): table function of run, parameters and stream that gives name -> value; steps, time and loss when absent.
---@field file? string NAME.csv for the rows, which a later call goes on with; NAME.jsonl beside it.
---@field n? integer points of random and latin.
---@field seed? integer of random and latin points and of the cells' streams; default: 1.
---@field jobs? integer cells at once; -j goes before it; as many as there are cores when absent.
---@field time? number limit for a cell; 0: none; default: 0.
---@field memory? number limit for what a cell may take besides what is there; 0: none; default: 0.
---@field show? string the result that shades the cells on the terminal; the first number when absent.
---@field log? string file to which cells print; nowhere when absent.
---@field key? string a text that stands for script and version in the cells' keys, so that rows outlive changes of the script.
---@field retry? boolean do cells that have failed again; default: false.

---@class matrix
---@field rows integer
---@field cols integer
---@field T matrix
---@field [integer] any
---@operator add(any): matrix
---@operator sub(any): matrix
---@operator mul(any): matrix
---@operator div(number): matrix
---@operator pow(integer): matrix
---@operator unm: matrix
---@operator len: integer
local matrix_methods = {}

---Magnitude of every entry.
---
---`A:abs() -> matrix`
---@return matrix
function matrix_methods:abs() end

---Whether no entry is 0, or fn(x) is true of all.
---
---`A:all([fn]) -> boolean`
---@param fn? function
---@return boolean
function matrix_methods:all(fn) end

---Whether an entry is not 0, or fn(x) is true of one.
---
---`A:any([fn]) -> boolean`
---@param fn? function
---@return boolean
function matrix_methods:any(fn) end

---Where the largest entry stands (the first of equals).
---
---`v:argmax() -> position, A:argmax() -> row, column, A:argmax(dim) -> vector`
---@return integer
function matrix_methods:argmax() end

---Where the smallest entry stands (the first of equals).
---
---`v:argmin() -> position, A:argmin() -> row, column, A:argmin(dim) -> vector`
---@return integer
function matrix_methods:argmin() end

---Copy a number, a matrix or a list of the same shape into every entry.
---
---`A:assign(x) -> A`
---@param x any
---@return matrix
function matrix_methods:assign(x) end

---The larger of two, entry by entry; shapes as for mul.
---
---`A:atleast(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:atleast(B) end

---The smaller of two, entry by entry; shapes as for mul.
---
---`A:atmost(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:atmost(B) end

---The rows x cols part whose upper left entry is (i, j), as a view.
---
---`A:block(i, j, rows, cols) -> matrix`
---@param i any
---@param j any
---@param rows integer
---@param cols integer
---@return matrix
function matrix_methods:block(i, j, rows, cols) end

---Every entry rounded up.
---
---`A:ceil() -> matrix`
---@return matrix
function matrix_methods:ceil() end

---Lower triangular L with A = L * L.T; A is symmetric positive definite, only its lower triangle is read.
---
---`A:chol() -> matrix`
---@return matrix
function matrix_methods:chol() end

---Entries moved into [low, high].
---
---`A:clip(low, high) -> matrix`
---@param low any
---@param high any
---@return matrix
function matrix_methods:clip(low, high) end

---Column j as a view (rows x 1).
---
---`A:col(j) -> vector`
---@param j any
---@return matrix
function matrix_methods:col(j) end

---Condition number: largest singular value over smallest; inf when that is 0.
---
---`A:cond() -> number`
---@return number
function matrix_methods:cond() end

---The same numbers in memory of their own.
---
---`A:copy() -> matrix`
---@return matrix
function matrix_methods:copy() end

---Cosine of every entry, in radians.
---
---`A:cos() -> matrix`
---@return matrix
function matrix_methods:cos() end

---How many entries are not 0, or of how many fn(x) is true.
---
---`A:count([fn]) -> integer`
---@param fn? function
---@return integer
function matrix_methods:count(fn) end

---Running sums down each column (dim 1, the default) or along each row (dim 2).
---
---`A:cumsum([dim]) -> matrix`
---@param dim? integer
---@return matrix
function matrix_methods:cumsum(dim) end

---Determinant of a square matrix.
---
---`A:det() -> number`
---@return number
function matrix_methods:det() end

---The main diagonal as a view.
---
---`A:diag() -> vector`
---@return matrix
function matrix_methods:diag() end

---Quotient entry by entry; shapes as for mul.
---
---`A:div(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:div(B) end

---Sum of the products of the entries; equal shapes, or vectors of equal length.
---
---`A:dot(B) -> number`
---@param B any
---@return number
function matrix_methods:dot(B) end

---Eigenvalues re + i im of a square matrix and their right eigenvectors, real and imaginary parts in the columns of vectors and vectors_im.
---
---`A:eig() -> {re=, im=, vectors=, vectors_im=}`
---@return table
function matrix_methods:eig() end

---Eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix.
---
---`A:eigs() -> {values=, vectors=}`
---@return table
function matrix_methods:eigs() end

---Exponential of every entry (A:expm() is the matrix exponential).
---
---`A:exp() -> matrix`
---@return matrix
function matrix_methods:exp() end

---Matrix exponential of a square matrix (A:exp() works entry by entry).
---
---`A:expm() -> matrix`
---@return matrix
function matrix_methods:expm() end

---Set every entry to x, in place.
---
---`A:fill(x) -> A`
---@param x any
---@return matrix
function matrix_methods:fill(x) end

---Every entry rounded down.
---
---`A:floor() -> matrix`
---@return matrix
function matrix_methods:floor() end

---Entry in row i and column j.
---
---`A:get(i, j) -> number`
---@param i any
---@param j any
---@return number
function matrix_methods:get(i, j) end

---Inverse of a square matrix (A:solve(B) is the better way to solve).
---
---`A:inv() -> matrix`
---@return matrix
function matrix_methods:inv() end

---Whether no entry is nan or infinite.
---
---`A:isfinite() -> boolean`
---@return boolean
function matrix_methods:isfinite() end

---Kronecker product: blocks A[i][j] * B.
---
---`A:kron(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:kron(B) end

---Natural logarithm of every entry; nan below 0.
---
---`A:log() -> matrix`
---@return matrix
function matrix_methods:log() end

---Decimal logarithm of every entry; nan below 0.
---
---`A:log10() -> matrix`
---@return matrix
function matrix_methods:log10() end

---X of least norm among those with the least |A * X - B|; singular values below tol (max(rows, cols) * 2.2e-16) times the largest count as 0. Also the rank.
---
---`A:lstsq(B [, tol]) -> matrix, rank`
---@param B any
---@param tol? number
---@return matrix, any
function matrix_methods:lstsq(B, tol) end

---fn(x, i, j) for every entry x in row i, column j.
---
---`A:map(fn) -> matrix`
---@param fn function
---@return matrix
function matrix_methods:map(fn) end

---Largest entry; nan when there is one; dim as for sum.
---
---`A:max([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:max(dim) end

---Mean of all entries, down each column (dim 1) or along each row (dim 2).
---
---`A:mean([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:mean(dim) end

---The middle entry in order, the mean of the two middle ones when n is even; dim as for sum.
---
---`A:median([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:median(dim) end

---Smallest entry; nan when there is one; dim as for sum.
---
---`A:min([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:min(dim) end

---Product entry by entry; B is a number, a matrix of the same shape, or a row or column that fits.
---
---`A:mul(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:mul(B) end

---Whether the shapes agree and entries differ by at most tol (1e-12) times 1 + magnitude.
---
---`A:near(B [, tol]) -> boolean`
---@param B any
---@param tol? number
---@return boolean
function matrix_methods:near(B, tol) end

---A norm: "fro" (default: root of the sum of squares), 2 (largest singular value; of a vector the same as fro), 1 (largest column sum of magnitudes), "inf" (largest row sum), "max" (largest magnitude), "nuclear" (sum of singular values). Of a vector, 1 is the sum and "inf" the largest of the magnitudes.
---
---`A:norm([kind]) -> number`
---@param kind? any
---@return number
function matrix_methods:norm(kind) end

---A copy of the rows (dim 1, the default) or columns (dim 2) at these positions, in that order; of a vector the entries.
---
---`A:pick(positions [, dim]) -> matrix`
---@param positions any
---@param dim? integer
---@return matrix
function matrix_methods:pick(positions, dim) end

---Pseudo-inverse (cols x rows); tol as for lstsq.
---
---`A:pinv([tol]) -> matrix`
---@param tol? number
---@return matrix
function matrix_methods:pinv(tol) end

---Every entry to the power p (a number or a matrix); shapes as for mul.
---
---`A:pow(p) -> matrix`
---@param p any
---@return matrix
function matrix_methods:pow(p) end

---Product of the entries; dim as for sum.
---
---`A:prod([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:prod(dim) end

---Thin QR decomposition A = q * r: orthonormal columns in q (rows x k), r (k x cols) upper triangular with diagonal >= 0.
---
---`A:qr() -> {q=, r=}`
---@return table
function matrix_methods:qr() end

---Number of singular values above tol (max(rows, cols) * 2.2e-16) times the largest.
---
---`A:rank([tol]) -> integer`
---@param tol? number
---@return integer
function matrix_methods:rank(tol) end

---max(x, 0) of every entry.
---
---`A:relu() -> matrix`
---@return matrix
function matrix_methods:relu() end

---The same numbers, row by row, under another shape (without cols a vector): a view, or a copy when A itself is a view with gaps.
---
---`A:reshape(rows [, cols]) -> matrix`
---@param rows integer
---@param cols? integer
---@return matrix
function matrix_methods:reshape(rows, cols) end

---Every entry to the nearest whole number, halves away from 0.
---
---`A:round() -> matrix`
---@return matrix
function matrix_methods:round() end

---Row i as a view (1 x cols).
---
---`A:row(i) -> vector`
---@param i any
---@return matrix
function matrix_methods:row(i) end

---As mat.save(A, file, names).
---
---`A:save(file [, names]) -> A`
---@param file string
---@param names? any
---@return matrix
function matrix_methods:save(file, names) end

---Set the entry in row i and column j to x.
---
---`A:set(i, j, x) -> A`
---@param i any
---@param j any
---@param x any
---@return matrix
function matrix_methods:set(i, j, x) end

---1 / (1 + exp(-x)) of every entry.
---
---`A:sigmoid() -> matrix`
---@return matrix
function matrix_methods:sigmoid() end

----1, 0 or 1 of every entry.
---
---`A:sign() -> matrix`
---@return matrix
function matrix_methods:sign() end

---Sine of every entry, in radians.
---
---`A:sin() -> matrix`
---@return matrix
function matrix_methods:sin() end

---Rows row1 to row2 and columns col1 to col2, ends included, as a view; nil is the first or the last.
---
---`A:slice(row1, row2 [, col1, col2]) -> matrix, v:slice(i1, i2) -> vector`
---@param row1 any
---@param row2 any
---@param col1? any
---@param col2? any
---@return matrix
function matrix_methods:slice(row1, row2, col1, col2) end

---X with A * X = B for a square A; B is a vector or a matrix with as many rows. A singular A is an error that names its reciprocal condition.
---
---`A:solve(B) -> matrix`
---@param B any
---@return matrix
function matrix_methods:solve(B) end

---A sorted copy, order "up" (the default) or "down", nan last; of a vector also where each entry came from. A matrix sorts every column (dim 1) or row (dim 2) by itself.
---
---`v:sort([order]) -> vector, positions; A:sort(dim [, order]) -> matrix`
---@param order? any
---@return matrix
function matrix_methods:sort(order) end

---Square root of every entry; nan below 0.
---
---`A:sqrt() -> matrix`
---@return matrix
function matrix_methods:sqrt() end

---Square of every entry.
---
---`A:square() -> matrix`
---@return matrix
function matrix_methods:square() end

---Standard deviation with divisor n - 1; dim as for sum.
---
---`A:std([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:std(dim) end

---Sum of all entries, down each column (dim 1) or along each row (dim 2).
---
---`A:sum([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:sum(dim) end

---Thin singular value decomposition A = u * mat.diag(s) * v.T; s is descending, u is rows x k, v is cols x k, k = min(rows, cols).
---
---`A:svd() -> {u=, s=, v=}`
---@return table
function matrix_methods:svd() end

---The transpose, a view; A.T is the same.
---
---`A:t() -> matrix`
---@return matrix
function matrix_methods:t() end

---Hyperbolic tangent of every entry.
---
---`A:tanh() -> matrix`
---@return matrix
function matrix_methods:tanh() end

---The numbers as a plain Lua list (vector) or list of lists.
---
---`A:totable() -> list`
---@return table
function matrix_methods:totable() end

---Sum of the diagonal of a square matrix.
---
---`A:trace() -> number`
---@return number
function matrix_methods:trace() end

---Variance with divisor n - 1 (0 for one entry); dim as for sum.
---
---`A:var([dim]) -> number or vector`
---@param dim? integer
---@return number|matrix
function matrix_methods:var(dim) end

---@class rng
local rng_methods = {}

---k different numbers from 1 to n in random order, or one entry of a list.
---
---`g:choice(n, k) -> vector; g:choice(list) -> entry`
---@param n integer
---@param k integer
---@return any
function rng_methods:choice(n, k) end

---A stream that will draw the same numbers as g from here on.
---
---`g:copy() -> stream`
---@return rng
function rng_methods:copy() end

---Whole numbers from low to high, both included, each equally likely.
---
---`g:int(low, high [, count]) -> integer or vector`
---@param low any
---@param high any
---@param count? integer
---@return integer|matrix
function rng_methods:int(low, high, count) end

---Draws from the normal distribution: one number, a vector of `rows`, or a rows x cols matrix; mean 0 and standard deviation 1 unless given.
---
---`g:normal([rows [, cols [, mean, std]]]) -> number, vector or matrix`
---@param rows? integer
---@param cols? integer
---@param mean? any
---@param std? any
---@return number|matrix
function rng_methods:normal(rows, cols, mean, std) end

---The numbers 1 to n in random order.
---
---`g:permutation(n) -> vector`
---@param n integer
---@return matrix
function rng_methods:permutation(n) end

---A child stream that depends on where g stands and on key (0 unless given); g does not move. Different keys give independent streams.
---
---`g:split([key]) -> stream`
---@param key? any
---@return rng
function rng_methods:split(key) end

---Draws uniformly from [low, high), [0, 1) unless given; shapes as for g:normal.
---
---`g:uniform([rows [, cols [, low, high]]]) -> number, vector or matrix`
---@param rows? integer
---@param cols? integer
---@param low? any
---@param high? any
---@return number|matrix
function rng_methods:uniform(rows, cols, low, high) end

---@class plot
local plot_methods = {}

---Write the plot as a figure: .svg, .pdf, .png, .txt or .gp (gnuplot) by the ending. Width and height are in mm; what is not said is as style{…} says. Version, script and its hash go into the file's metadata.
---
---`p:save(file [, {width=, height=, …}]) -> p`
---@param file string
---@param options? plot.save.options
---@return plot
function plot_methods:save(file, options) end

---@class frame
---@field [string] any
---@operator len: integer
local frame_methods = {}

---A column: numbers as a vector with nan for missing ones, other kinds as a list with frame.missing. The same as f.name, also for names that are those of methods.
---
---`f:column(name) -> vector or list`
---@param name string
---@return matrix|table
function frame_methods:column(name) end

---The rows in which none of these columns (all when none is named) is missing or nan; also how many were left out.
---
---`f:complete(name, …) -> frame, rows left out`
---@param name string
---@param ... any
---@return frame, any
function frame_methods:complete(name, ...) end

---The rows of all these frames below each other; columns that a frame does not have are missing in its rows.
---
---`f:concat(g, …) -> frame`
---@param g any
---@param ... any
---@return frame
function frame_methods:concat(g, ...) end

---One row for every column: its kind, how many values there are, how many are missing or nan, and of numbers mean, std, min, median and max.
---
---`f:describe() -> frame`
---@return frame
function frame_methods:describe() end

---All columns but these.
---
---`f:drop(name, …) -> frame`
---@param name string
---@param ... any
---@return frame
function frame_methods:drop(name, ...) end

---The rows for which the function is true, or whose columns have these values (a list: one of them; frame.missing: no value). A missing value is nil in the function.
---
---`f:filter(function(row) … end | {name=value, …}) -> frame`
---@param fn any
---@return frame
function frame_methods:filter(fn) end

---fit() of two columns; with by (a name or a list) a frame with slope, its interval, intercept and r2 for every group.
---
---`f:fit(x, y [, {log=true, by=…, level=0.95}]) -> fit or frame`
---@param x any
---@param y any
---@param options? table
---@return fit|frame
function frame_methods:fit(x, y, options) end

---One row for every combination of values of the key columns (a name or a list), in their order, with `count` rows and the statistics asked for: {"loss", "median", "q90", worst="max", mine=function(v) … end} gives loss_median, loss_q90, mine and worst. Statistics: mean, median, std, sem, min, max, sum, q0 to q100 (percent), ci95 (half the width of the mean's interval), count, missing, nan, first, last, unique, or a function of the vector of values. Missing values are left out, nan is not: it makes numbers nan. Without statistics: all means.
---
---`f:group(keys, {column, statistic, …}, …) -> frame`
---@param keys any
---@param options table
---@param ... any
---@return frame
function frame_methods:group(keys, options, ...) end

---The first n (10) rows.
---
---`f:head([n]) -> frame`
---@param n? integer
---@return frame
function frame_methods:head(n) end

---Rows of f beside the rows of g with the same values of the key columns (a name or a list), every pair; left keeps rows of f without a partner, with missing values. Columns of g whose name is taken get _2 behind it; missing and nan keys have no partners.
---
---`f:join(g, keys [, "inner" or "left"]) -> frame`
---@param g any
---@param keys any
---@param what? any
---@return frame
function frame_methods:join(g, keys, what) end

---Columns of numbers (all of them when none is named) as the columns of a matrix, missing values as nan.
---
---`f:matrix(name, …) -> matrix`
---@param name string
---@param ... any
---@return matrix
function frame_methods:matrix(name, ...) end

---A matrix of a column's values over the different values of two others: .values (nan where there is none), .rows and .columns (what the rows and columns stand for). Several values in one place become their mean, or another statistic of frame:group. plot(pivot) is a phase diagram, columns to the right and rows upwards.
---
---`f:pivot(row, column, value [, statistic]) -> pivot`
---@param row any
---@param column any
---@param value any
---@param statistic? any
---@return table
function frame_methods:pivot(row, column, value, statistic) end

---The same frame with another name for a column.
---
---`f:rename(old, new) -> frame`
---@param old any
---@param new any
---@return frame
function frame_methods:rename(old, new) end

---Row i as a table of its values by name, missing ones left out; negative counts from the end.
---
---`f:row(i) -> table`
---@param i any
---@return table
function frame_methods:row(i) end

---Every row in turn, as frame:row gives it.
---
---`for i, row in f:rows() do … end`
function frame_methods:rows() end

---Write the frame as .csv, .tsv or .jsonl; frame(file) reads it back bit for bit. Version and script stand in front. A missing value is an empty cell or null, nan and infinities are words.
---
---`f:save(file) -> f`
---@param file string
---@return frame
function frame_methods:save(file) end

---These columns alone, in this order.
---
---`f:select(name, …) -> frame`
---@param name string
---@param ... any
---@return frame
function frame_methods:select(name, ...) end

---Rows ordered by these columns, the first one deciding; a minus in front ("-loss") means downwards. Equal rows keep their order; nan and missing values come last.
---
---`f:sort(name, …) -> frame`
---@param name string
---@param ... any
---@return frame
function frame_methods:sort(name, ...) end

---The last n (10) rows.
---
---`f:tail([n]) -> frame`
---@param n? integer
---@return frame
function frame_methods:tail(n) end

---The different combinations of values of these columns (of all), in the order in which they first appear.
---
---`f:unique(name, …) -> frame`
---@param name string
---@param ... any
---@return frame
function frame_methods:unique(name, ...) end

---With one more column (or another in its place): a vector, a list, one value for all rows, or a function of the row. f.name = values does the same to f itself.
---
---`f:with(name, values) -> frame`
---@param name string
---@param values any
---@return frame
function frame_methods:with(name, values) end

---@class fit
---@field slope number
---@field intercept number
---@field r2 number
---@field [string] any
local fit_methods = {}

---The fitted line at x with the interval of its mean there, in the units of the data.
---
---`f:at(x) -> y, low, high`
---@param x any
---@return fit, any, any
function fit_methods:at(x) end

---The line and its interval as a curve with a band, for plot{…}; the name says slope and half the width of its interval unless another is given.
---
---`f:curve([name]) -> curve`
---@param name? string
---@return any
function fit_methods:curve(name) end

---@class graph
---@field [string] any
local graph_methods = {}

---The connected component of every node, numbered in order of first appearance.
---
---`g:components() -> vector, count`
---@return matrix, any
function graph_methods:components() end

---Sums of the weights at every node.
---
---`g:degrees() -> vector`
---@return matrix
function graph_methods:degrees() end

---Rows (from, to, weight), nodes from 1.
---
---`g:edges() -> matrix`
---@return matrix
function graph_methods:edges() end

---The k least eigenvalues of the Laplacian, ascending, and their orthonormal eigenvectors as columns: dense up to 400 nodes, else Lanczos, or ARPACK on a sparse factorisation. The first is 0 with 1/sqrt(n).
---
---`g:eigs(k) -> vector, matrix`
---@param k integer
---@return matrix, matrix
function graph_methods:eigs(k) end

---The number of groups that the spectrum suggests, and rows (k, lambda_k, lambda_{k+1}/lambda_k) for k = 2 to 12; above 400 nodes good to about 1e-3.
---
---`g:gaps() -> k, matrix`
---@return graph, matrix
function graph_methods:gaps() end

---The Laplacian: degrees on the diagonal, minus weights off it.
---
---`g:laplacian() -> matrix`
---@return matrix
function graph_methods:laplacian() end

---The same graph with all weights multiplied.
---
---`g:scaled(factor) -> graph`
---@param factor any
---@return graph
function graph_methods:scaled(factor) end

---Eigenvalues of the Laplacian, ascending; at most 6000 nodes.
---
---`g:spectrum() -> vector`
---@return matrix
function graph_methods:spectrum() end

---@class dictionary
---@field [string] any
local dictionary_methods = {}

---The concept of this name, or the nearest name in an error.
---
---`D:atom(name) -> vector`
---@param name string
---@return matrix
function dictionary_methods:atom(name) end

---The same as dict.batch(D, …). Codes of many vectors, a row each: the weights W, a row each, and a list of results. Options as for dict.solve.
---
---`D:batch(V [, options]) -> W, results`
---@param V any
---@param options? any
---@return dictionary, any
function dictionary_methods:batch(V, options) end

---The system dict.code on this dictionary, with its names: run it, watch it, turn its knobs.
---
---`D:code(v [, options]) -> system`
---@param v any
---@param options? any
---@return system
function dictionary_methods:code(v, options) end

---The same as dict.coherence(D, …). Largest |cosine| of two atoms and which they are, the mean cosine, pairs above 0.99, and the (1 + 1/mu)/2 below which OMP recovers every exact mix.
---
---`D:coherence() -> {mu=, first=, second=, mean=, twins=, omp_limit=}`
---@return table
function dictionary_methods:coherence() end

---The same as dict.curves(D, …). The path of dict.path as curves for plot: weight against l1, one curve a concept, for the `curves` (8) concepts that are heaviest anywhere on it.
---
---`D:curves(v [, {curves=, count=, ratio=, l2=, nonneg=, …}]) -> list of {x=, y=, name=}`
---@param v any
---@param options? table
---@return any
function dictionary_methods:curves(v, options) end

---The concept of this name, or the nearest name in an error.
---
---`D:find(name) -> number`
---@param name string
---@return number
function dictionary_methods:find(name) end

---The same as dict.nearest(D, …). The concepts with the largest cosine to v (a vector or a name), less the dictionary's mean.
---
---`D:nearest(v [, count]) -> list of {name=, value=, index=}`
---@param v any
---@param count? integer
---@return any
function dictionary_methods:nearest(v, count) end

---The same as dict.path(D, …). Solutions for count (100) values of l1 from the one that leaves nothing down to ratio (0.001) of it, with warm starts and the strong rule; a row of W each.
---
---`D:path(v [, {count=, ratio=, l2=, nonneg=, …}]) -> {l1=, W=, residual=, nonzeros=}`
---@param v any
---@param options? table
---@return table
function dictionary_methods:path(v, options) end

---The same as dict.solve(D, …). v as a sparse mix of the atoms: weights w in original units, top (the ten heaviest), residual |r|/|v|, objective, gap, nonzeros, converged. Minimises |u - Dc|^2/2 + l1 |c|_1 + l2 |c|^2/2 by "cd" or "fista", or takes k atoms by "omp"; presets "equation", "published" (arXiv 2504.02828).
---
---`D:solve(v [, {method=, l1=, l2=, nonneg=, k=, tol=, max=, preset=}]) -> code`
---@param v any
---@param options? table
---@return table
function dictionary_methods:solve(v, options) end

---The same as dict.transplant(D, …). One concept for another: v + weight (to - from), with the weight that the code of v gives `from`, times strength; coefficient sets it outright. Without `to` the concept is removed, without `from` added. Names or, for `to`, a vector.
---
---`D:transplant(v, {from=, to=, strength=, coefficient=, match_norm=, code=, solver=}) -> {v=, weight=, before=, after=, note=}`
---@param v any
---@param options table
---@return table
function dictionary_methods:transplant(v, options) end

---@class sweep
---@field failed integer
local sweep_methods = {}

---The run of a cell, by its number or its key, made anew and not moved yet: step it, plot it, or watch it with dash. On the command line: orrery dash --cell N FILE.
---
---`s:cell(cell) -> run`
---@param cell any
---@return run
function sweep_methods:cell(cell) end

---The names of the columns in their order.
---
---`s:names() -> list`
---@return table
function sweep_methods:names() end

---The run of a cell in the dashboard.
---
---`s:open(cell)`
---@param cell any
function sweep_methods:open(cell) end

---The parameters of a cell, by its number or its key.
---
---`s:params(cell) -> record`
---@param cell any
---@return table
function sweep_methods:params(cell) end

---The row of a cell, by its number or its key; nil when it has none yet.
---
---`s:row(cell) -> table or nil`
---@param cell any
---@return table?
function sweep_methods:row(cell) end

---The rows of a sweep in the order of its cells, each a table name -> value: cell, key, the parameters, seed, what row gave, status ("ok", "failed") and reason.
---
---`s:rows() -> list of tables`
---@return table[]
function sweep_methods:rows() end

---@class system
---@field [string] any
local system_methods = {}

---Names and shapes of the blocks of the state.
---
---`s:blocks() -> list`
---@return table
function system_methods:blocks() end

---The theorems about this system as data: statement, hypotheses, conclusion, source, correction.
---
---`s:claims() -> list`
---@return table
function system_methods:claims() end

---Zeros of f in the system's box, by Newton from many starts: x, eigenvalues (real, imaginary), kind (node, focus, saddle, centre, degenerate), stable. What no start leads to is not found.
---
---`s:equilibria([t]) -> list of records`
---@param t? any
---@return table[]
function system_methods:equilibria(t) end

---Derivatives of f at a state: row i, column j is d f_i / d x_j. Exact for the systems that come with orrery; central differences where a function of your own has no jacobian.
---
---`s:jacobian([x [, t]]) -> matrix`
---@param x? any
---@param t? any
---@return matrix
function system_methods:jacobian(x, t) end

---The value of every parameter of the system, by name.
---
---`s:params() -> table`
---@return table
function system_methods:params() end

---What can be read off this system: name, label, kind, unit, axis, cost, bounds, doc, source of every probe.
---
---`s:probes() -> list`
---@return table
function system_methods:probes() end

---The right-hand side f(t, x) of x' = f (minus the gradient where there is a loss), at the start unless a state is given.
---
---`s:rhs([x [, t]]) -> vector`
---@param x? any
---@param t? any
---@return matrix
function system_methods:rhs(x, t) end

---The initial value of a block, or of the whole state as a vector.
---
---`s:start([block]) -> matrix`
---@param block? any
---@return matrix
function system_methods:start(block) end

---@class run
---@field k integer Step.
---@field t number Time.
---@field eta number The step about to be taken.
---@field known integer The last known step.
---@field name string
---@field stopped string Why it stopped.
---@field seconds number
---@field system system
---@field stepper string
---@field [string] any
local run_methods = {}

---One theorem: its statement, each hypothesis, the conclusion with both sides, and the source.
---
---`r:claim(name) -> verdict`
---@param name string
---@return any
function run_methods:claim(name) end

---Which theorems hold at this state, with margins: name, title, standing, left, right, margin, worst, checked, first_step, text.
---
---`r:claims() -> list of verdicts`
---@return table[]
function run_methods:claims() end

---What was done to the run and when: knobs turned, state assigned, markers, forks, stops.
---
---`r:events() -> list`
---@return table
function run_methods:events() end

---A second run that shares the past of this one and goes its own way from here; its knobs are its own.
---
---`r:fork([name]) -> run`
---@param name? string
---@return run
function run_methods:fork(name) end

---Go until the first of several goals: max steps, time t, a condition such as goal="gap < 1e-9", any scalar probe with _below or _above, or stop=function(r) (asked each `every` steps). r.stopped gives the reason.
---
---`r:go{max=, time=, goal=, PROBE_below=, PROBE_above=, stop=, every=} -> r`
---@param options table
---@return run
function run_methods:go(options) end

---16 hexadecimal digits of the whole state; equal hashes go on alike.
---
---`r:hash() -> text`
---@return string
function run_methods:hash() end

---Networks of power (dyn.nadir, dyn.swing, dyn.reduce): from this step on so much more power, p.u., goes into the bus (a number from 1, negatives from the end); below 0 it is lost. The change is an event of the history like any change by hand; r.u = vector sets all buses at once.
---
---`r:kick(bus, power) -> r`
---@param bus any
---@param power any
---@return run
function run_methods:kick(bus, power) end

---What can be turned while the run goes on.
---
---`r:knobs() -> list`
---@return table
function run_methods:knobs() end

---Put a named marker at the present step.
---
---`r:mark(label) -> r`
---@param label string
---@return run
function run_methods:mark(label) end

---Everything that can be read off this run, with the present values.
---
---`r:probes() -> list`
---@return table
function run_methods:probes() end

---Record more probes from here on, each `every` steps (0: as often as is cheap). With file= each sampled row is also appended to that file at once.
---
---`r:record{names… [, every=, file=]} -> r`
---@param options table
---@return run
function run_methods:record(options) end

---Start again: the same initial state, or with a seed a new draw. History and series are cleared.
---
---`r:reset([{seed=}]) -> r`
---@param options? table
---@return run
function run_methods:reset(options) end

---Turn the run to step k of its history, back or forth (no k: the start; -1: the furthest step known). Going on from there gives the same bits, until a knob is changed.
---
---`r:rewind([k]) -> r`
---@param k? integer
---@return run
function run_methods:rewind(k) end

---The recorded probes as rows by step: columns k, t, then one per probe; NaN where a probe was not sampled.
---
---`r:rows([names]) -> matrix, column names`
---@param names? any
---@return matrix, any
function run_methods:rows(names) end

---Write the run to a file (replaced only when whole). run.load reads it back.
---
---`r:save(file) -> r`
---@param file string
---@return run
function run_methods:save(file) end

---A recorded probe over steps: vectors step, t, value, min, max, last (one entry per bin), stride, label, unit.
---
---`r:series(name) -> series`
---@param name string
---@return table
function run_methods:series(name) end

---Take n steps (one without n). Ctrl-C stops at a step boundary; r.stopped says how it ended.
---
---`r:step([n]) -> r`
---@param n? integer
---@return run
function run_methods:step(n) end

---Iterate: one step (or stride steps) before each turn of the loop.
---
---`for k in r:steps(n [, stride]) do … end`
---@param n integer
---@param stride? any
function run_methods:steps(n, stride) end

---Networks of dyn.swing and dyn.reduce: with the next step the output of the node (a number from 1, negatives from the end) jumps by impulse/m, and the coherent response by impulse/sum m; reduced, that of its group by impulse/sum of the group's m. r:kick(node, power) is power that lasts. Both are events of the history like any change by hand.
---
---`r:strike(node, impulse) -> r`
---@param node any
---@param impulse any
---@return run
function run_methods:strike(node, impulse) end

---Remove a breakpoint made by r:when.
---
---`r:unwhen(id) -> r`
---@param id any
---@return run
function run_methods:unwhen(id) end

---Add a probe of your own: fn(r) returns a number, sampled and recorded each `every` steps.
---
---`r:watch(name, fn [, every]) -> r`
---@param name string
---@param fn function
---@param every? any
---@return run
function run_methods:watch(name, fn, every) end

---A breakpoint: stop when a condition such as "pl < 0.1" becomes true, or when a function of the run returns true. Stays with the run; r:unwhen(id) removes it.
---
---`r:when(condition [, every]) -> id`
---@param condition any
---@param every? any
---@return integer
function run_methods:when(condition, every) end

---Why a probe is not defined at this state.
---
---`r:why(probe) -> text or nil`
---@param probe any
---@return string?
function run_methods:why(probe) end

---Write the recorded rows to a .csv, .tsv, .jsonl or .npy file, with version, seed, script and parameters in its header. The file appears whole or not at all.
---
---`r:write(file [, names]) -> r`
---@param file string
---@param names? any
---@return run
function run_methods:write(file, names) end

---@class data.module
data = {}

---Read a table of numbers: .csv (comma), .tsv (tab), .txt (blanks), or separator "comma", "tab", "blank"; plain or gzipped. A first line of words names columns, a first column of words names rows (nil when there are none); an empty cell is NaN.
---
---`data.csv(file [, separator]) -> matrix, columns, rows`
---@param file string
---@param separator? string
---@return matrix, any, any
function data.csv(file, separator) end

---Read an IDX file (the format of the MNIST digits), plain or gzipped, as a matrix with one row per item (28 x 28 images give 784 columns; labels a vector); only the first `rows` when given. Also the shape that the file has, as a list.
---
---`data.idx(file [, rows]) -> matrix, shape`
---@param file string
---@param rows? integer
---@return matrix, any
function data.idx(file, rows) end

---Linear regression data Y = X theta + noise: X is samples x n, Y samples x m, theta n x m. net.linear with the same options draws the same.
---
---`data.linear{option=value, …} -> {X=, Y=, theta=}`
---@param options data.linear.options
---@return table
function data.linear(options) end

---Every row scaled to Euclidean norm 1 (a row of zeros stays); also the norms they had.
---
---`data.normalize(X) -> matrix, norms`
---@param X any
---@return matrix, any
function data.normalize(X) end

---Read a NumPy array: real, integer or truth values, any byte order; more than two dimensions become first x rest. Also the shape that the file has, as a list, and the type of its numbers ("f4", "i8", …).
---
---`data.npy(file) -> matrix, shape, type`
---@param file string
---@return matrix, any, any
function data.npy(file) end

---A row for each label with a 1 in the column of its class; classes are the different labels in ascending order unless given. Also the list of classes.
---
---`data.onehot(labels [, classes]) -> matrix, classes`
---@param labels any
---@param classes? any
---@return matrix, any
function data.onehot(labels, classes) end

---The positions 1 to n in random order, cut in two: about fraction * n for one part, the rest for the other (at least one each); X:pick(positions) takes the rows.
---
---`data.split(n, fraction, stream) -> positions, positions`
---@param n integer
---@param fraction any
---@param stream any
---@return any, any
function data.split(n, fraction, stream) end

---Every column moved to mean 0 and scaled to standard deviation 1 (divisor rows - 1); a constant column becomes 0. mean and std turn further rows the same way.
---
---`data.standardize(X) -> {X=, mean=, std=}`
---@param X any
---@return table
function data.standardize(X) end

---Two classes of labelled samples for a network with one output. images and labels are matrices (a sample a row) or files: IDX (gzipped or not), .npy, .csv, .tsv. Takes the first per_class samples of either class (0: all), with Y = 1 for plus and -1 for minus. scale "max" divides by the largest value (pixels into [0, 1]), "unit" makes every row a unit vector after centring, "none" leaves the values; centre subtracts the mean sample. rows says where the samples were. Without images at hand net.relu{ data="pictures" } makes some.
---
---`data.two_classes(images, labels [, {plus=1, minus=0, per_class=0, centre=true, scale="max"}]) -> {X=, Y=, mean=, rows=}`
---@param images any
---@param labels any
---@param options? table
---@return table
function data.two_classes(images, labels, options) end

---Read lines "name number number …" (word vectors): one row per name. Names may hold blanks: the numbers are counted from the right.
---
---`data.vectors(file) -> matrix, names`
---@param file string
---@return matrix, string[]
function data.vectors(file) end

---@class dict.module
dict = {}

---Codes of many vectors, a row each: the weights W, a row each, and a list of results. Options as for dict.solve.
---
---`dict.batch(D, V [, options]) -> W, results`
---@param D any
---@param V any
---@param options? any
---@return any, any
function dict.batch(D, V, options) end

---a vector as a sparse mix of named concepts, and the edit that takes one for another
---@param options? dict.code.options
---@return dict.code.system
function dict.code(options) end

---Largest |cosine| of two atoms and which they are, the mean cosine, pairs above 0.99, and the (1 + 1/mu)/2 below which OMP recovers every exact mix.
---
---`dict.coherence(D) -> {mu=, first=, second=, mean=, twins=, omp_limit=}`
---@param D any
---@return table
function dict.coherence(D) end

---One vector for the concept that the rows are stimuli of: "avg" (their mean), "pca" (leading right singular vector, pointing with the mean), "pca_centred" (the same of the rows less their mean).
---
---`dict.concept(stimuli [, method]) -> vector`
---@param stimuli any
---@param method? any
---@return matrix
function dict.concept(stimuli, method) end

---The path of dict.path as curves for plot: weight against l1, one curve a concept, for the `curves` (8) concepts that are heaviest anywhere on it.
---
---`dict.curves(D, v [, {curves=, count=, ratio=, l2=, nonneg=, …}]) -> list of {x=, y=, name=}`
---@param D any
---@param v any
---@param options? table
---@return any
function dict.curves(D, v, options) end

---A dictionary with one atom for each concept, made of the rows of its stimuli (see dict.concept); in alphabetical order.
---
---`dict.from_stimuli({name = stimuli, …} [, {method=, normalise=, centre=}]) -> dictionary`
---@param options table
---@param options2? table
---@return dictionary
function dict.from_stimuli(options, options2) end

---a dictionary learned from samples: online mini-batches or K-SVD
---@param options? dict.learn.options
---@return dict.learn.system
function dict.learn(options) end

---A dictionary from .npy (names in a text file, one a line) or from lines "name number …" (names may hold blanks). Rows of one name are averaged. An array n x K x d holds K stimuli a concept, and stimuli = K says so of n x (K d); method as for dict.concept.
---
---`dict.load(file [, names [, {normalise=, centre=, mean=, stimuli=, method=}]]) -> dictionary`
---@param file string
---@param names? any
---@param options? table
---@return dictionary
function dict.load(file, names, options) end

---The concepts with the largest cosine to v (a vector or a name), less the dictionary's mean.
---
---`dict.nearest(D, v [, count]) -> list of {name=, value=, index=}`
---@param D any
---@param v any
---@param count? integer
---@return any
function dict.nearest(D, v, count) end

---A dictionary of named vectors, an atom a row. Codes are solved with atoms of length 1 unless normalise = false; centre = true first subtracts the mean of the atoms, mean = a vector of yours.
---
---`dict.new(atoms [, names [, {normalise=, centre=, mean=}]]) -> dictionary`
---@param atoms any
---@param names? any
---@param options? table
---@return dictionary
function dict.new(atoms, names, options) end

---Solutions for count (100) values of l1 from the one that leaves nothing down to ratio (0.001) of it, with warm starts and the strong rule; a row of W each.
---
---`dict.path(D, v [, {count=, ratio=, l2=, nonneg=, …}]) -> {l1=, W=, residual=, nonzeros=}`
---@param D any
---@param v any
---@param options? dict.path.options
---@return table
function dict.path(D, v, options) end

---v as a sparse mix of the atoms: weights w in original units, top (the ten heaviest), residual |r|/|v|, objective, gap, nonzeros, converged. Minimises |u - Dc|^2/2 + l1 |c|_1 + l2 |c|^2/2 by "cd" or "fista", or takes k atoms by "omp"; presets "equation", "published" (arXiv 2504.02828).
---
---`dict.solve(D, v [, {method=, l1=, l2=, nonneg=, k=, tol=, max=, preset=}]) -> code`
---@param D any
---@param v any
---@param options? dict.solve.options
---@return table
function dict.solve(D, v, options) end

---Concepts with known truth: centres with expected cosine rho, stimuli around them, the dictionary of their averages, and a source v that mixes a few with the weights w.
---
---`dict.synthetic{dim=, n=, groups=, rho=, rho_group=, stimuli=, sigma=, kappa=, mix=, snr=, seed=} -> {D=, v=, w=, centres=, stimuli=}`
---@param options dict.synthetic.options
---@return table
function dict.synthetic(options) end

---One concept for another: v + weight (to - from), with the weight that the code of v gives `from`, times strength; coefficient sets it outright. Without `to` the concept is removed, without `from` added. Names or, for `to`, a vector.
---
---`dict.transplant(D, v, {from=, to=, strength=, coefficient=, match_norm=, code=, solver=}) -> {v=, weight=, before=, after=, note=}`
---@param D any
---@param v any
---@param options table
---@return table
function dict.transplant(D, v, options) end

---@class dyn.module
dyn = {}

---coherent groups of a network from its Laplacian: one round of k-means a step
---@param options? dyn.cluster.options
---@return dyn.cluster.system
function dyn.cluster(options) end

---a mass between two wells, damped and driven (Duffing)
---@param options? dyn.double_well.options
---@return dyn.double_well.system
function dyn.double_well(options) end

---Gradient descent, or gradient flow, on a loss of your own. gradient(x, g, p) sets g[1], g[2], …; without it central differences are taken (relative error about 1e-10). Hessian products for sharpness are differences of the gradient. loss_min gives gap and pl.
---
---`dyn.gradient{ loss=function(x, p) … end, gradient=, x0=, names=, params=, loss_min= } -> system`
---@param x any
---@param p any
---@return system
function dyn.gradient(x, p) end

---normal form of the Hopf bifurcation: a limit cycle of radius sqrt(mu)
---@param options? dyn.hopf.options
---@return dyn.hopf.system
function dyn.hopf(options) end

---phase oscillators that synchronise when the coupling is strong enough
---@param options? dyn.kuramoto.options
---@return dyn.kuramoto.system
function dyn.kuramoto(options) end

---linear system x' = A x + B u
---@param options? dyn.linear.options
---@return dyn.linear.system
function dyn.linear(options) end

---Lorenz's three equations of convection
---@param options? dyn.lorenz.options
---@return dyn.lorenz.system
function dyn.lorenz(options) end

---Options of dyn.swing for a power grid, in rad/s units: L, inertias m, damping d, inverse droops rinv, turbine lags tau, bus numbers. d = damping times the rating (1 p.u. on machine base when not given); or d = kappa m, which is the default (0.2 per second) for the grids whose ratings are a base only: newengland39, ieee68, ieee145, npcc140. 1000 y/(2 pi) is in mHz.
---
---`dyn.machines(grid [, {damping=, kappa=}]) -> options`
---@param grid any
---@param options? table
---@return table
function dyn.machines(grid, options) end

---power network under a step disturbance: the worst frequency nadir, where, when and by which disturbance
---@param options? dyn.nadir.options
---@return dyn.nadir.system
function dyn.nadir(options) end

---A dynamical system x' = f(t, x) of your own. f sets dx[1], dx[2], … (0 on entry); with names also dx.theta, x.theta. p.mu are the parameters, knobs of the run: r.mu = 3. x, dx and p are the same tables in every call: keep none of them. jacobian(t, x, J, p) sets J[i][j]; without it differences are taken. An error inside f stops the run at its last good step. A run of it cannot be saved to a file, since f is code: keep the script.
---
---`dyn.ode{ f=function(t, x, dx, p) … end, x0=, names=, params=, jacobian=, box=, plane=, grid= } -> system`
---@param t any
---@param x any
---@param dx any
---@param p any
---@return system
function dyn.ode(t, x, dx, p) end

---pendulum, damped and driven
---@param options? dyn.pendulum.options
---@return dyn.pendulum.system
function dyn.pendulum(options) end

---Go on until the run has crossed its section count times (or max steps are taken) and return where: t, a vector, and x, a row of the whole state for each crossing. The section is an option of stepper flow: section (a variable, or a plane such as 'x - 0.5*z'), section_value, section_way; crossings are located inside the step to the accuracy of the integrator. For a driven system a section in time is dt = the period of the drive.
---
---`dyn.poincare(run [, {count=100, max=1000000}]) -> record`
---@param run any
---@param options? table
---@return table
function dyn.poincare(run, options) end

---network reduced to one node per coherent group, and how far it is from the full one
---@param options? dyn.reduce.options
---@return dyn.reduce.system
function dyn.reduce(options) end

---The verdict on a power network as its knobs stand: secure (nadir <= limit), nadir, bus, t (inf when approached in the limit), rho_crit (the size from which it is insecure), bound and gap (what is proved: no deviation above bound), coi (what a check of the centre of inertia alone would see), worst (the disturbance), by_bus (nadir of every bus), limit, rho, norm. More BLAS threads for large networks: orrery --threads N.
---
---`dyn.security(run or dyn.nadir) -> record`
---@param value any
---@return table
function dyn.security(value) end

---network of nodes with dynamics of their own, its coherent response and how far they part
---@param options? dyn.swing.options
---@return dyn.swing.system
function dyn.swing(options) end

---van der Pol's oscillator: a limit cycle
---@param options? dyn.van_der_pol.options
---@return dyn.van_der_pol.system
function dyn.van_der_pol(options) end

---@class fit.module
---@overload fun(x: any, y: any, options?: table): fit
fit = {}

---@class frame.module
---@overload fun(what: any, columns?: any): frame
frame = {}

---@class graph.module
graph = {}

---Coherent groups from the Laplacian alone (arXiv 2209.13701, 2211.15301). The record has labels (numbered in order of first appearance), sizes, k, method, squares (weighted sum of squares of the points), restart (the one that was best; 0: no k-means was needed) and, where the true groups are known, misclustered. dyn.cluster shows the same round by round.
---
---`graph.cluster(g [, {k=, method=, seed=, restarts=, m=, truth=}]) -> record`
---@param g any
---@param options? graph.cluster.options
---@return table
function graph.cluster(g, options) end

---Every pair joined; n at most 20000.
---
---`graph.complete(n [, weight]) -> graph`
---@param n integer
---@param weight? any
---@return graph
function graph.complete(n, weight) end

---The graph of a Laplacian (square, symmetric, rows sum to zero) or of a list of edges with columns from, to and perhaps weight; nodes are counted from 1.
---
---`graph.from(matrix) -> graph`
---@param matrix any
---@return graph
function graph.from(matrix) end

---Uniform points in the unit square, joined when nearer than radius.
---
---`graph.geometric{n=, radius=, weight=, seed=} -> graph`
---@param options graph.geometric.options
---@return graph
function graph.geometric(options) end

---One of seven published power grids that orrery carries (newengland39, ieee68, ieee145, npcc140, wecc179, iceland189, gb2224), Kron-reduced to its machine buses: Laplacian in p.u./rad, and the vectors m (inertia 2H, s on 100 MVA), rating, rinv, tau, power, bus.
---
---`graph.grid(name [, {mode=, internal=, f0=}]) -> graph`
---@param name string
---@param options? graph.grid.options
---@return graph
function graph.grid(name, options) end

---A rectangular grid, node (r, c) numbered (r-1) cols + c.
---
---`graph.lattice(rows, cols [, weight]) -> graph`
---@param rows integer
---@param cols integer
---@param weight? any
---@return graph
function graph.lattice(rows, cols, weight) end

---A list of edges (.csv, .tsv, .npy: from, to, weight), or the tables FOLDER/NAME.bus.tsv, .branch.tsv, .gen.tsv of a power grid (give FOLDER/NAME or the bus table).
---
---`graph.load(file [, {mode=, internal=, f0=}]) -> graph`
---@param file string
---@param options? table
---@return graph
function graph.load(file, options) end

---Nodes 1 to n in a line.
---
---`graph.path(n [, weight]) -> graph`
---@param n integer
---@param weight? any
---@return graph
function graph.path(n, weight) end

---Every pair joined independently with probability p (Erdos-Renyi).
---
---`graph.random{n=, p=, weight=, seed=} -> graph`
---@param options graph.random.options
---@return graph
function graph.random(options) end

---Nodes 1 to n in a circle.
---
---`graph.ring(n [, weight]) -> graph`
---@param n integer
---@param weight? any
---@return graph
function graph.ring(n, weight) end

---Weighted stochastic block model: groups of the given sizes; nodes of groups a and b are joined with probability Q[a][b] by an edge of weight W[a][b] (arXiv 2211.15301, section V). The field group tells the planted groups.
---
---`graph.sbm{sizes=, Q=, W=, shuffle=, seed=} -> graph`
---@param options graph.sbm.options
---@return graph
function graph.sbm(options) end

---Node 1 joined to each of the others.
---
---`graph.star(n [, weight]) -> graph`
---@param n integer
---@param weight? any
---@return graph
function graph.star(n, weight) end

---@class help.module
---@overload fun(name?: string): string
help = {}

---Pages in which all the words occur. At the prompt: ?"words".
---
---`help.search(words) -> text`
---@param words string
---@return string
function help.search(words) end

---@class mat.module
---@overload fun(list: any): matrix
mat = {}

---A square matrix with this diagonal; A:diag() reads a diagonal.
---
---`mat.diag(vector) -> matrix`
---@param vector any
---@return matrix
function mat.diag(vector) end

---Ones on the diagonal, zeros elsewhere; square without cols.
---
---`mat.eye(rows [, cols]) -> matrix`
---@param rows integer
---@param cols? integer
---@return matrix
function mat.eye(rows, cols) end

---The matrix whose entry (i, j) is fn(i, j).
---
---`mat.from(rows, cols, fn) -> matrix`
---@param rows integer
---@param cols integer
---@param fn function
---@return matrix
function mat.from(rows, cols, fn) end

---A rows x cols matrix that holds one value; with cols nil a vector.
---
---`mat.full(rows, cols, value) -> matrix`
---@param rows integer
---@param cols integer
---@param value any
---@return matrix
function mat.full(rows, cols, value) end

---Matrices side by side; they have equally many rows.
---
---`mat.hcat(A, B, …) -> matrix`
---@param A any
---@param B any
---@param ... any
---@return matrix
function mat.hcat(A, B, ...) end

---n >= 2 evenly spaced numbers from low to high, both included.
---
---`mat.linspace(low, high, n) -> vector`
---@param low any
---@param high any
---@param n integer
---@return matrix
function mat.linspace(low, high, n) end

---Read a matrix from .npy, .csv, .tsv or .txt (plain or gzipped); one column is a vector. Also the names of the columns when the file has a line of names.
---
---`mat.load(file) -> matrix, names`
---@param file string
---@return matrix, string[]
function mat.load(file) end

---n >= 2 numbers from low to high, evenly spaced in their logarithm; low and high are values > 0, not exponents.
---
---`mat.logspace(low, high, n) -> vector`
---@param low any
---@param high any
---@param n integer
---@return matrix
function mat.logspace(low, high, n) end

---A rows x cols matrix of ones; without cols a vector.
---
---`mat.ones(rows [, cols]) -> matrix`
---@param rows integer
---@param cols? integer
---@return matrix
function mat.ones(rows, cols) end

---The numbers first, first + step, … up to last (step 1 when not given).
---
---`mat.range(first, last [, step]) -> vector`
---@param first any
---@param last any
---@param step? any
---@return matrix
function mat.range(first, last, step) end

---Write a matrix to .npy (exact), .csv, .tsv or .jsonl (numbers that read back as the same bits, a line of column names, version and script in comments). The file appears whole or not at all.
---
---`mat.save(A, file [, names]) -> A`
---@param A any
---@param file string
---@param names? any
---@return matrix
function mat.save(A, file, names) end

---Matrices one under the other; they have equally many columns.
---
---`mat.vcat(A, B, …) -> matrix`
---@param A any
---@param B any
---@param ... any
---@return matrix
function mat.vcat(A, B, ...) end

---A rows x cols matrix of zeros; without cols a vector.
---
---`mat.zeros(rows [, cols]) -> matrix`
---@param rows integer
---@param cols? integer
---@return matrix
function mat.zeros(rows, cols) end

---@class net.module
net = {}

---two-layer linear network: a convex loss of W1 W2', with local PL and smoothness constants
---@param options? net.linear.options
---@return net.linear.system
function net.linear(options) end

---low-rank adaptation (LoRA) of a pre-trained two-layer linear network
---@param options? net.lora.options
---@return net.lora.system
function net.lora(options) end

---LoRA on the last layer of a small pre-trained classifier
---@param options? net.lora_head.options
---@return net.lora_head.system
function net.lora_head(options) end

---fully connected network of any depth, activation and loss
---@param options? net.mlp.options
---@return net.mlp.system
function net.mlp(options) end

---two-layer network with a power of ReLU on clusters: implicit bias and robustness
---@param options? net.prelu.options
---@return net.prelu.system
function net.prelu(options) end

---two-layer ReLU network from a tiny start: early alignment of its neurons
---@param options? net.relu.options
---@return net.relu.system
function net.relu(options) end

---@class plot.module
---@overload fun(what: any, ...: any): plot
plot = {}

---@class robust.module
robust = {}

---f: a run (its weights now), a classifier, or a function of yours that takes samples (a row each) and gives outputs and gradients. starts = "many" counts an error at any iterate from 0 and other starts, "zero" only the end of one ascent from 0. Other starts are random, or, with around = robust.ideal(...), toward its centres. norm = "linf", low and high are for pixels.
---
---`robust.accuracy(f, X, Y, radii [, options]) -> share of samples that survive, at each radius`
---@param f any
---@param X any
---@param Y any
---@param radii any
---@param options? any
---@return any, any
function robust.accuracy(f, X, Y, radii, options) end

---The samples after one ascent of -y f from each, within the radius, and the outputs there. f and options as robust.accuracy.
---
---`robust.attack(f, X, Y, radius [, options]) -> {X=, outputs=}`
---@param f any
---@param X any
---@param Y any
---@param radius any
---@param options? any
---@return table
function robust.attack(f, X, Y, radius, options) end

---The printed bounds of statements A1 to A4, B1, B2 at a radius; NaN where they do not apply.
---
---`robust.bounds(ideal, radius) -> {a1=, a2=, a3=, a4=, b1=, b2=}`
---@param ideal any
---@param radius any
---@return table
function robust.bounds(ideal, radius) end

---The factor c that brings f nearest to the ideal classifier on samples X, and sup |c f - ideal| on the unit sphere as found by gradient ascent per start: random directions, centres, neurons.
---
---`robust.distance(f, ideal, X [, {step=0.01, steps=300, random=20, seed=1}]) -> {scale=, distance=}`
---@param f any
---@param ideal any
---@param X any
---@param options? table
---@return table
function robust.distance(f, ideal, X, options) end

---Outputs of a classifier (see robust.accuracy) for samples, a row each, and gradients by them.
---
---`robust.eval(f, X) -> outputs, gradients`
---@param f any
---@param X any
---@return any, any
function robust.eval(f, X) end

---An ideal classifier of a mixture with orthonormal centres, the K1 positive ones first: F (sums of a class), power (F^(p)), NC (the nearest centre), Bayes. Without centres they are the first unit vectors of D dimensions.
---
---`robust.ideal(kind [, {centres=, K1=3, K2=3, D=20, alpha=0.1, p=3}]) -> classifier`
---@param kind any
---@param options? table
---@return any
function robust.ideal(kind, options) end

---The exact distance of each sample to the nearest error of F; 0 where F errs.
---
---`robust.margins(ideal, X, Y) -> distances`
---@param ideal any
---@param X any
---@param Y any
---@return any
function robust.margins(ideal, X, Y) end

---A two-layer network of yours, f(x) = sum_j v_j s(<x,w_j>)^p/|w_j|^(p-1) + bias, a neuron a row of W; normalize_input divides the sum by |x|^(p-1).
---
---`robust.network{ W=, v= [, p=1] [, bias=0] [, normalize_input=false] } -> classifier`
---@param options table
---@return any
function robust.network(options) end

---Robust accuracy that theory predicts for F, and for F^(p) with p > 2 and the nearest centre.
---
---`robust.predicted(ideal, radii) -> {F=, power=}`
---@param ideal any
---@param radii any
---@return table
function robust.predicted(ideal, radii) end

---@class run.module
---@overload fun(system: dict.code.system, options?: run.options): dict.code.run
---@overload fun(system: dict.learn.system, options?: run.options): dict.learn.run
---@overload fun(system: dyn.cluster.system, options?: run.options): dyn.cluster.run
---@overload fun(system: dyn.double_well.system, options?: run.options): dyn.double_well.run
---@overload fun(system: dyn.hopf.system, options?: run.options): dyn.hopf.run
---@overload fun(system: dyn.kuramoto.system, options?: run.options): dyn.kuramoto.run
---@overload fun(system: dyn.linear.system, options?: run.options): dyn.linear.run
---@overload fun(system: dyn.lorenz.system, options?: run.options): dyn.lorenz.run
---@overload fun(system: dyn.nadir.system, options?: run.options): dyn.nadir.run
---@overload fun(system: dyn.pendulum.system, options?: run.options): dyn.pendulum.run
---@overload fun(system: dyn.reduce.system, options?: run.options): dyn.reduce.run
---@overload fun(system: dyn.swing.system, options?: run.options): dyn.swing.run
---@overload fun(system: dyn.van_der_pol.system, options?: run.options): dyn.van_der_pol.run
---@overload fun(system: net.linear.system, options?: run.options): net.linear.run
---@overload fun(system: net.lora.system, options?: run.options): net.lora.run
---@overload fun(system: net.lora_head.system, options?: run.options): net.lora_head.run
---@overload fun(system: net.mlp.system, options?: run.options): net.mlp.run
---@overload fun(system: net.prelu.system, options?: run.options): net.prelu.run
---@overload fun(system: net.relu.system, options?: run.options): net.relu.run
---@overload fun(system: safety.critic.system, options?: run.options): safety.critic.run
---@overload fun(system: safety.kernel.system, options?: run.options): safety.kernel.run
---@overload fun(system: system, options?: run.options): run
run = {}

---A run read back from a file written by r:save: system, stepper, state, history and series. Going on gives the same bits as the run that was saved.
---
---`run.load(file) -> run`
---@param file string
---@return run
function run.load(file) end

---@class safety.module
safety = {}

---binary safety critic learned from episodes, as a network with axiomatic data or as a table
---@param options? safety.critic.options
---@return safety.critic.system
function safety.critic(options) end

---maximal safe set of a finite system: the binary Bellman operator swept to its fixed points, the exact set beside it
---@param options? safety.kernel.options
---@return safety.kernel.system
function safety.kernel(options) end

---A system of your own as a table of transitions. step(x, u) returns the next state; or ode is a system x' = f such as dyn.ode, action the name of the parameter that is the action (default 'u', in f p.u), held for the time dt while the classical Runge-Kutta method takes substeps (default 4) steps. unsafe(x) says whether a state is a failure, also between two samples of an ode. Axes have names too: x[2] is x.v. The box from low to high is cut into cells, which are stepped from their middles; wrap = {0, 1} makes the second axis an angle; actions lists u. safety.kernel and safety.critic take all of these directly; the table can be given to both.
---
---`safety.table{step= | ode=, action=, dt=, substeps=, unsafe=, low=, high=, cells=, actions=, axes=, wrap=} -> options`
---@param options table
---@return table
function safety.table(options) end

---@class session.module
session = {}

---Each named run must have the hash that is given: what the last line of a saved session does. Prints one line a run, raises where one differs.
---
---`session.check{ name = hash, … }`
---@param options table
function session.check(options) end

---The lines of this session that ran without an error.
---
---`session.lines() -> list`
---@return table
function session.lines() end

---Run a saved session again, or the script that a figure (.svg, .pdf, .png, .txt, .gp) carries: it writes its figures anew, and it is said whether the bytes are the same. Runs code from the file: orrery --sandbox replay FILE for files of others.
---
---`session.replay(file)`
---@param file string
function session.replay(file) end

---Write the lines of this session that succeeded to a file that runs as a script. Its end checks that every run stands where it stood: the same hash.
---
---`session.save(file) -> number of blocks`
---@param file string
---@return any
function session.save(file) end

---@class style.module
---@overload fun(options: style.options): table
style = {}

---@class ui.module
ui = {}

---Axes of the focused panel; time and step: of all curves.
---
---`ui.axis("x" | "y", "log" | "linear" | "time" | "step")`
---@param what any
---@param what2 any
function ui.axis(what, what2) end

---A key of your own in the dashboard: a function, or a line of Lua that is then echoed like a typed one. nil gives the key its old meaning.
---
---`ui.bind(key, function | text | nil)`
---@param key any
---@param fn any
function ui.bind(key, fn) end

---Colors at most.
---
---`ui.colors("256" | "16" | "mono")`
---@param what any
function ui.colors(what) end

---Only panels whose title or quantities contain it.
---
---`ui.filter(text)`
---@param text any
function ui.filter(text) end

---The gradient flow beside a descent, at matched time.
---
---`ui.flow([on])`
---@param on? any
function ui.flow(on) end

---Give the keys to a panel, by class or title.
---
---`ui.focus(panel)`
---@param panel any
function ui.focus(panel) end

---Write the frame, or one panel of it by class or title, to a file: .svg, .pdf, .png, else as text.
---
---`ui.frame(file [, panel])`
---@param file string
---@param panel? any
function ui.frame(file, panel) end

---Characters that curves are made of.
---
---`ui.glyphs("braille" | "quadrant" | "ascii")`
---@param what any
function ui.glyphs(what) end

---Show layout 1 to 9, or panels given as text.
---
---`ui.layout(number | text)`
---@param value any
function ui.layout(value) end

---A marker in the recording.
---
---`ui.mark(label)`
---@param label string
function ui.mark(label) end

---Clicks choose panels.
---
---`ui.mouse([on])`
---@param on? any
function ui.mouse(on) end

---Open a row of the focused panel, such as a claim.
---
---`ui.open(row)`
---@param row any
function ui.open(row) end

---Let them pause.
---
---`ui.pause()`
function ui.pause() end

---Keep the curves of this moment as ghosts.
---
---`ui.pin()`
function ui.pin() end

---Close the dashboard; the runs are kept.
---
---`ui.quit()`
function ui.quit() end

---Let the runs of the dashboard go.
---
---`ui.run()`
function ui.run() end

---Let the panels show this run.
---
---`ui.show(r)`
---@param r any
function ui.show(r) end

---A running average over the raw curves.
---
---`ui.smooth([on])`
---@param on? any
function ui.smooth(on) end

---Steps per frame, 30 frames a second.
---
---`ui.speed(steps | "max")`
---@param value any
function ui.speed(value) end

---What several runs keep pace by.
---
---`ui.sync("step" | "time" | "loss")`
---@param what any
function ui.sync(what) end

---Let go of all pinned curves.
---
---`ui.unpin()`
function ui.unpin() end

---The focused panel alone, or all of them.
---
---`ui.zoom([on])`
---@param on? any
function ui.zoom(on) end

---Options of a script from its command line: --name VALUE or --name=VALUE, typed as the default is (a truth value is a switch); --help prints them all.
---
---`args{ "what it does", {name, default, help}, … } -> table`
---@param options table
---@return table
function args(options) end

---Open the dashboard on one run, or on several that keep pace by step, time or loss level. It shows the panels of layout, runs, pauses, turns back and forks under your keys (? lists them) and takes Lua at its own prompt; q comes back here, the runs are kept. In a script that runs headless nothing is opened; 'orrery dash FILE' and 'orrery frame FILE' show what it asked for.
---
---`dash(r, …) dash{r, …, layout=, sync=, speed=, run=, flow=, record=, …}`
---@param r any
---@param ... any
function dash(r, ...) end

---Play one of the demos that orrery carries, as tour does and with its options. Without a name: the list of them, with one line each.
---
---`demo([name [, options]]) -> list of demos`
---@param name? string
---@param options? any
---@return any
function demo(name, options) end

---A stream of random numbers that depends on seed (and stream, 0 unless given) alone; both are whole numbers >= 0. Nothing in orrery draws a number without a seed or a stream.
---
---`rng(seed [, stream]) -> stream`
---@param seed integer
---@param stream? any
---@return rng
function rng(seed, stream) end

---Many cells: every combination of parameters and seeds, each in a process of its own, on all cores (-j N), under mpirun, or a share of them (--shard I/N). run is a function of the parameters (p.NAME, p.seed) and of a stream of the cell's own that gives a run or a table; stop says how far the run goes (as r:go); row makes a table name -> value of it. Parameters: grid = {a = {1, 2}, b = {…}} for all combinations, list = {{a = 1}, …} as they are, random or latin = {a = {low, high, "log"}} with n points. With file = "x.csv" rows go there (and to x.jsonl) as cells end; the same script run again does what is missing. A cell that fails, takes longer than time or more memory than memory is a row with its reason. s:rows() are the rows, s:cell(i) the run of a cell.
---
---`sweep{run=function(p, g) … end, grid=, seeds=, row=, file=, …} -> result`
---@param p any
---@param g any
---@return sweep
function sweep(p, g) end

---How long one call of f takes: the best of five rounds of at least 40 ms each.
---
---`timeit(f) -> timing`
---@param f any
---@return table
function timeit(f) end

---Play a tour: a lecture in steps in the dashboard, from a Lua file that returns a table of steps or from Markdown with fenced Lua (doc/tours.md). Enter goes on, Backspace undoes a step by time travel, L is for projectors; large=true begins so, pace="once" types at once. Without a screen it runs as text; headless=true only holds its checks and raises where one fails; keys="Enter 2 BS" presses only these.
---
---`tour(file [, {large=, pace=, headless=, size=, record=, keys=}])`
---@param file string
---@param options? table
function tour(file, options) end

---What you have made in this session: name, type, shape, bytes.
---
---`who() -> table`
---@return table
function who() end

---@class orrery
---@field data data.module
---@field dict dict.module
---@field dyn dyn.module
---@field fit fit.module
---@field frame frame.module
---@field graph graph.module
---@field help help.module
---@field mat mat.module
---@field net net.module
---@field plot plot.module
---@field robust robust.module
---@field run run.module
---@field safety safety.module
---@field session session.module
---@field style style.module
---@field ui ui.module
---@field args function
---@field dash function
---@field demo function
---@field rng function
---@field sweep function
---@field timeit function
---@field tour function
---@field who function
orrery = {}

return orrery
