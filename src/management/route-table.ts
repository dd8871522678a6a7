// THE list of the API's routes: one array per resource. A new resource is a file in routes/ and its line
// here; who may use what is in the routes' access classes, and nowhere else.

import type { Route } from './route.ts';
import { clusterRoutes } from './routes/cluster.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { healthRoutes } from './routes/health.ts';
import { limitRoutes } from './routes/limits.ts';
import { loginRoutes } from './routes/login.ts';
import { parameterRoutes } from './routes/parameters.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { policyRoutes } from './routes/policies.ts';
import { userRoutes } from './routes/users.ts';
import { vhostRoutes } from './routes/vhosts.ts';

export const ROUTES: readonly Route[] = [
  ...clusterRoutes,
  ...definitionRoutes,
  ...healthRoutes,
  ...limitRoutes,
  ...loginRoutes,
  ...parameterRoutes,
  ...permissionRoutes,
  ...policyRoutes,
  ...userRoutes,
  ...vhostRoutes,
];
