// THE list of the API's routes: one array per resource. A new resource is a file in routes/ and its line
// here; who may use what is in the routes' access classes, and nowhere else.

import type { Route } from './route.ts';
import { bindingRoutes } from './routes/bindings.ts';
import { clusterRoutes } from './routes/cluster.ts';
import { channelRoutes, connectionRoutes, consumerRoutes } from './routes/connections.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { documentRoutes } from './routes/documents.ts';
import { exchangeRoutes } from './routes/exchanges.ts';
import { healthRoutes } from './routes/health.ts';
import { limitRoutes } from './routes/limits.ts';
import { loginRoutes } from './routes/login.ts';
import { metricRoutes } from './routes/metrics.ts';
import { overviewRoutes } from './routes/overview.ts';
import { ownMessageRoutes } from './routes/own-messages.ts';
import { parameterRoutes } from './routes/parameters.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { policyRoutes } from './routes/policies.ts';
import { queueRoutes } from './routes/queues.ts';
import { userRoutes } from './routes/users.ts';
import { vhostRoutes } from './routes/vhosts.ts';

export const ROUTES: readonly Route[] = [
  ...loginRoutes,
  ...overviewRoutes,
  ...clusterRoutes,
  ...definitionRoutes,
  ...healthRoutes,
  ...vhostRoutes,
  ...connectionRoutes,
  ...channelRoutes,
  ...consumerRoutes,
  ...exchangeRoutes,
  ...queueRoutes,
  ...bindingRoutes,
  ...policyRoutes,
  ...parameterRoutes,
  ...limitRoutes,
  ...permissionRoutes,
  ...userRoutes,
  ...metricRoutes,
  ...ownMessageRoutes,
  ...documentRoutes,
];
