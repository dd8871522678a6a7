// THE list of the API's routes: one array per resource. A new resource is a file in routes/ and its line
// here; who may use what is in the routes' access classes, and nowhere else.

import type { Route } from './route.ts';
import { clusterRoutes } from './routes/cluster.ts';
import { loginRoutes } from './routes/login.ts';
import { vhostRoutes } from './routes/vhosts.ts';

export const ROUTES: readonly Route[] = [...loginRoutes, ...clusterRoutes, ...vhostRoutes];
