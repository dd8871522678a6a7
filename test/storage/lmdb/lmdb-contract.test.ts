import { describeJournal } from '../../contracts/journal-contract.ts';
import { describeMetadata } from '../../contracts/metadata-contract.ts';
import { onDisk } from './data-directory.ts';

describeJournal('lmdb', onDisk);
describeMetadata('lmdb', onDisk);
